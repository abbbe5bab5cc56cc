"""Settings on pages: what is typed gets into the files, and nothing else; a mistake is named beside it."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from lxml import html

from dashboard import create_app
from monitor.campaign import KeepSettings
from monitor.core.model import Preview
from tests.builders import a_post
from tests.dashboard.archived import TRACK, archived_office, filled, then
from tests.dashboard.reports import NOW, some_services
from tests.dashboard.settings.office import Office, fields

pytestmark = pytest.mark.heavy

DAY = timedelta(days=1)
CRIME = "/settings/track.calling-time-on-crime"


@pytest.fixture
def office(tmp_path):
    return Office(tmp_path)


def lines_of(office):
    return sorted(re.sub(r"\s*#.*", "", line) for line in office.difference())


@pytest.mark.parametrize(
    ("path", "typed", "lines"),
    [
        ("campaign", {"name": "Safer"}, ['+name = "Safer"', '-name = "Calling Time on Crime"']),
        ("digest", {"hour": "17", "day": "friday"},
         ['+day = "friday"', "+hour = 17", '-day = "monday"', "-hour = 8"]),
        ("digest", {"recipients": "ann@example.org\nbob@example.org"},
         ['+recipients = ["ann@example.org", "bob@example.org"]', "-recipients = []"]),
        ("sources.mastodon", {"servers": "mastodon.social\nmas.to"},
         ['+servers = ["mastodon.social", "mas.to"]',
          '-servers = ["mastodon.social", "mastodonapp.uk", "mas.to", "mstdn.social"]']),
        ("sources.feeds", {"google_news": None}, ["+google_news = false", "-google_news = true"]),
        ("backup", {"second": "copies"}, ['+second = "copies"', '-second = ""']),
        ("alerts", {"quiet_until": "6", "sensitivity": "low"},
         ["+quiet_until = 6", '+sensitivity = "low"', "-quiet_until = 7", '-sensitivity = "usual"']),
        ("access", {"idle_minutes": "45"}, ["+[access]", "+idle_minutes = 45"]),
        ("track.calling-time-on-crime", {"required": "Dagenham"}, ['+required = ["Dagenham"]']),
        ("digest", {}, []),
    ],
    ids=["name", "mail", "reader", "server", "tick", "folder", "alerts", "new table", "required", "nothing"],
)  # fmt: skip
def test_only_the_lines_of_what_was_typed_change(office, path, typed, lines):
    answer = office.send(f"/settings/{path}", typed)
    assert answer.status_code == 303
    assert lines_of(office) == sorted(lines)


def test_a_second_hashtag_is_one_line_and_one_of_its_own_track_four(office):
    tags = fields(office.client().get(CRIME).text)["tags"]
    assert office.send(CRIME, {"tags": f"{tags}\n#SaferDagenham"}).status_code == 303
    assert [line for line in lines_of(office) if line[0] == "+"] == [
        '+tags = ["CallingTimeOnCrime", "CallTimeOnCrime", "CallingTimeOnKnifeCrime", "SaferDagenham"]'
    ]
    assert office.send("/settings/new-track", {"tags": "#StopKnifeCrime"}).status_code == 303
    track = office.files.settings().campaign.tracks[1]
    assert (track.name, track.title, track.tags) == ("stopknifecrime", "#StopKnifeCrime", ("StopKnifeCrime",))


@pytest.mark.parametrize(
    ("typed", "tags"),
    [
        ("#StopKnifeCrime\nSaferStreets", ("StopKnifeCrime", "SaferStreets")),
        ("#One #Two", ("One", "Two")),
        ("One, #Two ,", ("One", "Two")),
        ("Crime\n#crime\nCRIME", ("Crime",)),
    ],
    ids=["lines", "signs", "commas", "capitals"],
)
def test_hashtags_are_told_apart_by_lines_signs_and_commas(office, typed, tags):
    assert office.send("/settings/new-track", {"tags": typed}).status_code == 303
    assert office.files.settings().campaign.tracks[1].tags == tags


def test_two_tracks_of_one_title_have_their_own_names_and_one_goes_again(office):
    for _ in range(2):
        assert (
            office.send(
                "/settings/new-track",
                {"title": "Knife crime", "phrases": "“knife crime”\t\n\t\nknife crime", "anyway": "yes"},
            ).status_code
            == 303
        )
    assert office.files.settings().campaign.track_names[1:] == ("knife-crime", "knife-crime-2")
    assert {track.phrases for track in office.files.settings().campaign.tracks[1:]} == {("knife crime",)}
    office.send("/settings/track.knife-crime", {"act": "remove"})
    assert office.files.settings().campaign.track_names[1:] == ("knife-crime-2",)
    assert "notes" not in office.difference()


@pytest.mark.parametrize(
    ("path", "typed", "says"),
    [
        ("digest", {"hour": "25"}, "25 cannot be used here. Type 0 to 23."),
        ("sources.mastodon", {"servers": ""}, "Nothing that can be seen was typed. Type at least one."),
        ("digest", {"recipients": "ann"}, "Type addresses such as name@example.org."),
        ("campaign", {"time_zone": "Mars/Base"},
         'id="time_zone-wrong" role="alert">There is no time zone called'),
        ("campaign", {"places": "nowhere.toml"},
         'id="places-wrong" role="alert">There is no file of places at'),
        ("sources.mastodon", {"servers": "not a server"}, "Type servers such as example.social."),
        ("sources.feeds", {"urls": "file:///etc/passwd"}, "Type an address with https://."),
        ("new-track", {"title": "Nothing"}, 'id="tags-wrong" role="alert">'
         "Give at least one hashtag or phrase."),
        ("new-track", {"required": "London"}, 'id="tags-wrong" role="alert">'
         "Give at least one hashtag or phrase."),
        ("new-track", {"tags": "#KnifeCrime\nstop knife crime"},
         'id="tags-wrong" role="alert">\'stop knife crime\' cannot be used here. Type a hashtag of'
         " letters and digits; words with spaces between them are a phrase."),
        ("new-track", {"tags": "#Crime\n#2026"}, "#2026 is of digits only, and platforms make no link of such"
         " a hashtag. Add a word, as in #Crime2026."),
        ("alerts", {"quiet_from": "7"}, 'id="quiet_until-wrong" role="alert">From 7 to 7 is no time at all,'
         " so nothing would wait. Type another hour, or 0 in both for that."),
        ("track.calling-time-on-crime", {"act": "remove"}, "Nothing would be watched. Add at least one"),
        ("sources.x", {"on": "yes"}, "Tick this first."),
    ],
)  # fmt: skip
def test_what_cannot_be_is_said_and_what_was_typed_stays(office, path, typed, says):
    answer = office.send(f"/settings/{path}", typed)
    page = answer.text.replace("&#39;", "'")
    assert answer.status_code == 422
    assert says in page
    assert not re.search(r"track\[|\[\[|campaign\.toml:", page)  # words for people
    assert office.difference() == []
    again = fields(answer.text)
    assert {name: again.get(name) for name in typed if name != "act"} == {
        k: v for k, v in typed.items() if k != "act"
    }


def test_what_a_file_has_that_no_form_would_take_stands_in_no_other_change_s_way(office):
    text = office.before.replace("quiet_from = 22", "quiet_from = 7").replace('"CallTimeOnCrime"', '"2026"')
    office.path.write_text(text)
    for path, typed in (
        ("alerts", {"sensitivity": "low"}),
        (CRIME.rpartition("/")[2], {"required": "London"}),
    ):
        assert office.send(f"/settings/{path}", typed).status_code == 303
    hours = {"quiet_from": "0", "quiet_until": "0"}
    assert office.send("/settings/alerts", hours).status_code == 303
    campaign = office.files.settings().campaign
    assert campaign.tracks[0].tags[1] == "2026"
    assert (campaign.alerts.quiet_from, campaign.alerts.quiet_until) == (0, 0)


@pytest.mark.parametrize(("name", "is_silent"), [("@ann@example.org", False), ("anne@example.org", True)])
def test_an_account_of_our_own_without_posts_is_saved_and_named(office, tmp_path, name, is_silent):
    filled(tmp_path, then())
    page = office.send("/settings/own", {"accounts": name}).text
    assert office.files.settings().campaign.own.accounts == (name,)
    assert (f"There are no posts so far by {name}: check" in page) is is_silent


def test_a_day_that_is_blank_again_leaves_no_empty_table(office):
    office.send("/settings/dissolution", {"day": "2027-03-29"})
    assert office.send("/settings/dissolution", {"day": ""}).status_code == 303
    assert office.path.read_text() == office.before


def test_the_hub_says_what_a_track_is(office):
    assert office.client().get("/settings").text.count("A track is a named search:") == 1


def test_the_hub_says_in_words_what_is_set(office):
    office.send("/settings/digest", {"hour": "17", "key.MONITOR_SMTP_HOST": "mail.example.org"})
    page = html.fromstring(office.client().get("/settings").text)
    rows = {" ".join(row.text_content().split()) for row in page.findall(".//main//li")}
    assert {"Day Monday", "Hour 17", "Mail server set", "Admins need a code from their phone No"} <= rows
    blanks = [line.text for line in page.findall(".//main//p") if (line.text or "").startswith("Not set: ")]
    assert any(blank.startswith("Not set: Readers; Mail server port;") for blank in blanks)
    assert any(row.startswith("MastodonOn: checked every 10 minutes.") for row in rows)
    assert any("Lawful basis; Condition" in blank for blank in blanks)
    assert any(row.startswith("#CallingTimeOnCrimeAny of these hashtags: Calling") for row in rows)
    assert "No texts have been removed yet." in page.find(".//main").text_content()
    headings = [heading.text for heading in page.findall(".//main//h2")]
    assert headings.index("The campaign") < headings.index("The weekly mail") < headings.index("Access")


def test_the_hub_says_how_far_texts_have_been_removed(office):
    page = office.client().get("/settings").text
    assert "No texts have been removed yet." in page
    with archived_office(office.path.parents[1]).write() as archive:
        [*archive.retention.apply(KeepSettings(text_days=1), NOW)]
    day = NOW - timedelta(days=1)
    assert (
        f"Texts of posts up to {day.day} {day:%B %Y} are not kept." in office.client().get("/settings").text
    )


def test_a_form_sent_again_after_a_mistake_saves_the_rest(office):
    first = office.send("/settings/digest", {"hour": "25", "day": "friday"})
    assert office.send("/settings/digest", {"hour": "9"}, fields(first.text)).status_code == 303
    assert lines_of(office) == ['+day = "friday"', "+hour = 9", '-day = "monday"', "-hour = 8"]


def test_two_people_change_different_settings_of_one_form(office):
    form = fields(office.client().get("/settings/digest").text)
    office.send("/settings/digest", {"day": "friday"})
    assert office.send("/settings/digest", {"hour": "9"}, form).status_code == 303
    digest = office.files.settings().campaign.digest
    assert (digest.day, digest.hour) == ("friday", 9)


def test_two_people_change_the_same_setting_and_the_second_sees_both(office):
    form = fields(office.client().get("/settings/digest").text)
    office.send("/settings/digest", {"hour": "7"})
    answer = office.send("/settings/digest", {"hour": "9", "day": "friday"}, form)
    assert answer.status_code == 409
    assert "it is now “7”" in answer.text
    assert office.files.settings().campaign.digest.hour == 7
    assert office.send("/settings/digest", {}, fields(answer.text)).status_code == 303
    digest = office.files.settings().campaign.digest
    assert (digest.day, digest.hour) == ("friday", 9)


def test_a_host_that_is_read_only_says_what_to_type(office, monkeypatch):
    def refuse(*args, **kwargs):
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr("monitor.settings_files._replacing", refuse)
    answer = office.send("/settings/digest", {"hour": "9"})
    assert answer.status_code == 422
    assert "Read-only file system" in answer.text
    assert "[digest]\nhour = 9" in answer.text


def test_keys_are_saved_and_never_shown(office):
    page = office.client().get("/settings/digest").text
    assert "It is not set." in page
    answer = office.send("/settings/digest", {"key.MONITOR_SMTP_PASSWORD": "canary7391"})
    assert answer.status_code == 303
    assert office.dotenv.read_text() == "MONITOR_SMTP_PASSWORD=canary7391\n"
    assert office.difference() == []
    for path in ("/settings", "/settings/digest", "/settings/earlier"):
        answer = office.client().get(path)
        assert answer.status_code == 200
        assert "canary7391" not in answer.text
    assert "It is set, and never shown." in office.client().get("/settings/digest").text


def test_a_key_can_be_removed(office):
    office.dotenv.write_text("OTHER=1\nMONITOR_SMTP_PASSWORD=canary7391\n")
    page = office.client().get("/settings/digest").text
    assert page.count('name="remove.') == 1  # nothing to remove where nothing is set
    answer = office.send("/settings/digest", {"remove.MONITOR_SMTP_PASSWORD": "yes"})
    assert answer.status_code == 303
    assert office.dotenv.read_text() == "OTHER=1\nMONITOR_SMTP_PASSWORD=\n"
    assert "It is set, and never shown." not in office.client().get("/settings/digest").text
    assert office.difference() == []


def test_a_key_of_a_source_that_is_on_is_removed_only_if_somebody_insists(office):
    office.dotenv.write_text("YOUTUBE_API_KEY=canary7391\n")
    office.services["attempt"] = Platform()
    office.send("/settings/sources.youtube", {"on": "yes"})
    office.services["attempt"] = lambda name, own, keys: (keys != {"YOUTUBE_API_KEY": ""}, "It has no key.")
    answer = office.send("/settings/sources.youtube", {"remove.YOUTUBE_API_KEY": "yes"})
    assert answer.status_code == 422
    assert "It has no key." in answer.text
    assert office.dotenv.read_text() == "YOUTUBE_API_KEY=canary7391\n"
    again = fields(answer.text)
    assert again["remove.YOUTUBE_API_KEY"] == "yes"
    assert office.send("/settings/sources.youtube", {"anyway": "yes"}, again).status_code == 303
    assert office.dotenv.read_text() == "YOUTUBE_API_KEY=\n"


def test_a_key_of_the_environment_is_said_to_stay(office, monkeypatch):
    monkeypatch.setenv("MONITOR_SMTP_PASSWORD", "canary7391")
    page = office.send("/settings/digest", {"remove.MONITOR_SMTP_PASSWORD": "yes"}).text
    assert "MONITOR_SMTP_PASSWORD is set in the environment that the monitor is started in" in page
    assert "canary7391" not in page


def test_a_mistake_in_another_field_does_not_show_the_key_that_was_typed(office):
    answer = office.send("/settings/digest", {"hour": "25", "key.MONITOR_SMTP_PASSWORD": "canary7391"})
    assert answer.status_code == 422
    assert "canary7391" not in answer.text


class Platform:
    """A platform that says what it is told to, and remembers what it was asked with."""

    def __init__(self, *answers):
        self.answers, self.questions = dict(answers), []

    def __call__(self, name, own, keys):
        self.questions.append((name, own, keys))
        items = [item for value in own.values() if isinstance(value, list) for item in value]
        return next((self.answers[item] for item in items if item in self.answers), (True, "It works."))


def test_a_feed_is_tried_and_its_title_shown(office):
    feed = "https://news.example/rss"
    platform = Platform((feed, (True, "It works. It is called “<b>The Post</b>”.")))
    office.services["attempt"] = platform
    answer = office.send("/settings/sources.feeds", {"urls": feed})
    assert "It is called “&lt;b&gt;The Post&lt;/b&gt;”." in answer.text
    assert [own["urls"] for _, own, _ in platform.questions] == [[feed]]
    assert office.files.settings().campaign.sources["feeds"].own["urls"] == [feed]
    office.send("/settings/sources.feeds", {"every_minutes": "20"})
    assert len(platform.questions) == 1  # what is not new is not asked again


def test_a_feed_that_does_not_work_is_saved_only_if_somebody_insists(office):
    bad = "https://news.example/none"
    office.services["attempt"] = Platform((bad, (False, "It does not work.")))
    answer = office.send("/settings/sources.feeds", {"urls": f"https://news.example/rss\n{bad}"})
    assert answer.status_code == 422
    assert f"{bad}: It does not work." in answer.text
    assert office.difference() == []
    assert office.send("/settings/sources.feeds", {"anyway": "yes"}, fields(answer.text)).status_code in (
        200,
        303,
    )
    assert office.files.settings().campaign.sources["feeds"].own["urls"][1] == bad


def test_an_answer_that_names_its_feed_is_shown_without_naming_it_twice(office):
    bad = "https://news.example/none"
    office.services["attempt"] = Platform((bad, (None, f"It is down. (The feed is {bad})")))
    text = office.send("/settings/sources.feeds", {"urls": bad}).text
    assert f"It is down. (The feed is {bad})" in text
    assert f"{bad}: " not in text


def test_a_key_is_tried_before_it_is_saved(office):
    platform = Platform(("x", (True, "")))
    office.services["attempt"] = lambda name, own, keys: (
        platform(name, own, keys) and (False, "It does not work.")
    )
    answer = office.send("/settings/sources.youtube", {"on": "yes", "key.YOUTUBE_API_KEY": "canary7391"})
    assert answer.status_code == 422
    assert "It does not work." in answer.text
    assert platform.questions == [("youtube", {}, {"YOUTUBE_API_KEY": "canary7391"})]
    assert not office.dotenv.exists()
    office.services["attempt"] = platform
    office.send("/settings/sources.youtube", {"on": "yes", "key.YOUTUBE_API_KEY": "canary7391"})
    assert office.files.settings().env["YOUTUBE_API_KEY"] == "canary7391"
    assert office.files.settings().campaign.sources["youtube"].on


def test_a_source_that_needs_a_consent_shows_it_and_is_switched_on_with_it(office):
    assert "government-related" in office.client().get("/settings/sources.x").text
    office.services["attempt"] = Platform()
    office.send("/settings/sources.x", {"on": "yes", "consent": "yes", "key.X_BEARER_TOKEN": "abc"})
    assert office.files.settings().campaign.sources["x"].on


def test_a_source_that_the_file_does_not_name_is_added(office):
    office.path.write_text(office.before.replace("[sources.gdelt]\non = false\nevery_minutes = 60\n", ""))
    office.services["attempt"] = Platform()
    office.send("/settings/sources.gdelt", {"on": "yes"})
    assert office.files.settings().campaign.sources["gdelt"].on


STORED = (
    a_post(id="1", created_at=NOW - 2 * DAY, text="<b>Knives</b> #KnifeCrime", tags=frozenset()),
    a_post(id="2", created_at=NOW - 3 * DAY, text="A film #KnifeCrime", tags=frozenset()),
    a_post(id="3", created_at=NOW - 40 * DAY, text="Old #KnifeCrime", tags=frozenset()),
    a_post(id="4", created_at=NOW - DAY, text="Ours #CallingTimeOnCrime"),
)


def test_a_new_track_is_tried_before_it_is_saved(office):
    asked = []

    def preview(query):
        asked.append(query)
        return (
            Preview(title="Mastodon", posts=(a_post(text="<b>Blades</b>"),), sentence="It shows 1 post."),
            Preview(title="Lemmy", sentence="It is down."),
        )

    filled(office.path.parents[1], *STORED)
    office.services["preview"] = preview
    typed = {"act": "try", "tags": "KnifeCrime", "excluded": "film"}
    page = office.send("/settings/new-track", typed).text
    assert (asked[0].tags, asked[0].excluded) == (("KnifeCrime",), ("film",))
    assert "Of 3 posts stored from" in page
    assert "1 more would match the track, and 0 no longer would." in page
    assert "&lt;b&gt;Knives" in page
    assert "No longer matched" not in page
    assert "It shows 1 post." in page
    assert "were asked for KnifeCrime" in page
    assert "&lt;b&gt;Blades" in page
    assert "It is down." in page
    assert "A film" not in page
    assert fields(page)["tags"].strip() == "KnifeCrime"
    assert office.difference() == []


def test_a_change_of_a_track_is_tried_by_what_the_form_has_and_the_file_keeps(office):
    filled(office.path.parents[1], *STORED[3:])
    path = f"/settings/track.{TRACK}"
    assert "0 more would match the track, and 0 no longer" in office.send(path, {"act": "try"}).text
    page = office.send(path, {"act": "try", "near": "police cuts~5"}).text
    assert "0 more would match the track, and 1 no longer would." in page
    link = html.fromstring(page).xpath("//section[@aria-labelledby='brings']//a")[0]
    assert link.text == "Ours #CallingTimeOnCrime"
    assert office.client().get(link.get("href")).status_code == 200
    refused = office.send(path, {"act": "try", "near": "police cuts"})
    assert "cannot be used here. Type words and how many others may be between them" in refused.text
    assert office.difference() == []


def test_earlier_versions_are_listed_and_one_step_goes_back(office):
    office.send("/settings/digest", {"hour": "9"})
    office.send("/settings/campaign", {"name": "Safer Streets"})
    page = office.client().get("/settings/earlier").text
    assert "The campaign, Name: Calling Time on Crime → Safer Streets" in page
    assert "The weekly mail, Hour: 8 → 9" in page
    buttons = [" ".join(one.text_content().split()) for one in html.fromstring(page).findall(".//li//button")]
    assert [words.partition(":")[0] for words in buttons] == ["Undo this", "Undo this and the later change"]
    newest = fields_of_first(page)
    assert office.client().post("/settings/earlier", data=newest).status_code == 303
    assert office.difference() == ["-hour = 8", "+hour = 9"]
    assert office.client().post("/settings/earlier", data={"to": "999"}).status_code == 303
    assert office.difference() == ["-hour = 8", "+hour = 9"]


def test_earlier_versions_name_items_tracks_sources_and_notes_in_words(office):
    office.send("/settings/sources.mastodon", {"servers": "mas.to\nnew.example", "anyway": "yes"})
    office.send("/settings/new-track", {"title": "Knives", "tags": "StopKnifeCrime"})
    office.path.write_text(office.path.read_text() + "# a note\n")
    page = html.fromstring(office.client().get("/settings/earlier").text)
    notes, track, servers = page.findall(".//main//li")
    assert "a text editorOnly notes or the order changed." in " ".join(notes.text_content().split())
    assert "Knives, Any of these hashtags: not set → StopKnifeCrime" in track.text_content()
    assert "Mastodon, Servers: added new.example; removed mastodon.social" in servers.text_content()
    assert "[" not in page.find(".//main").text_content()


def test_what_was_undone_is_told(office):
    office.send("/settings/digest", {"hour": "9"})
    newest = fields_of_first(office.client().get("/settings/earlier").text)
    answer = office.client().post("/settings/earlier", data=newest, follow_redirects=True)
    assert "Undone. This step is listed" in answer.text


def test_the_encryption_of_mail_is_chosen_from_a_list(office):
    page = html.fromstring(office.client().get("/settings/digest").text)
    choice = page.get_element_by_id("key.MONITOR_SMTP_TLS")
    assert [one.get("value") for one in choice] == ["", "starttls", "tls", "none"]
    office.send("/settings/digest", {"hour": "9"})
    assert not office.dotenv.exists()  # it was left as it is
    office.send("/settings/digest", {"key.MONITOR_SMTP_TLS": "tls"})
    assert office.dotenv.read_text() == "MONITOR_SMTP_TLS=tls\n"


def fields_of_first(page):
    return {"to": re.search(r'name="to" value="(\d+)"', page)[1]}


def test_after_a_step_of_the_guide_it_goes_on_there_and_never_elsewhere(office):
    assert office.send("/settings/digest", {"hour": "9", "next": "/guide/3"}).location == "/guide/3"
    assert office.send(
        "/settings/digest", {"hour": "10", "next": "https://evil.example"}
    ).location.startswith("/settings")


@pytest.mark.parametrize(
    "path", ["nothing", "track.nothing", "sources.nothing", "track", "sources", "digest.hour"]
)
def test_a_section_that_is_none_has_no_page(office, path):
    assert office.client().get(f"/settings/{path}").status_code == 404


def test_where_nothing_can_be_set_the_page_says_so():
    client = create_app(replace(some_services(), settings=None)).test_client()
    assert "cannot be changed here" in client.get("/settings").text
    assert client.get("/settings/digest").status_code == 400


def test_how_far_the_scoring_is_stands_where_it_is_chosen_and_saving_says_so(office):
    office.services["tone"] = lambda: "Half are done."
    assert "Half are done." in office.client().get("/settings/tone").text
    assert "Half are done." not in office.client().get("/settings/backup").text  # the control
    answer = office.send("/settings/tone", {"analyzer": "textblob"})
    assert "Where this changes how posts are scored" in office.client().get(answer.location).text
    answer = office.send("/settings/backup", {"hour": "3"})
    assert "all are scored again" not in office.client().get(answer.location).text
