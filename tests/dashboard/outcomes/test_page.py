"""The page of outcomes and the ladder: what each counter says, and what is not known."""

import re
from dataclasses import replace
from html import unescape

import pytest

from dashboard import create_app
from monitor.archive.outcomes.counters import CounterReading
from monitor.campaign import Dissolution
from monitor.report.build import build
from tests.dashboard.archived import an_archive, archived_office
from tests.dashboard.reports import CAMPAIGN, NOW, a_report, a_source
from tests.report.outcomes.planted import DAY, a_petition, a_tally, an_echo, an_outcome, some_outcomes

pytestmark = pytest.mark.heavy

PAGE = "https://petition.example/p/light"


def plainly(markup: str) -> str:
    return re.sub(" (?=[,:.])", "", " ".join(unescape(re.sub(r"<[^>]*>", " ", markup)).split()))


@pytest.fixture
def office(tmp_path):
    """Return an office on an archive of its own, whose reports are built of that."""
    services = archived_office(tmp_path)

    def report(choice):
        with services.read() as archive:
            return build(archive, CAMPAIGN, choice.window, now=NOW, sources=())

    return replace(services, report=report)


def page(office, path="/outcomes?period=4-weeks"):
    answer = create_app(office).test_client().get(path)
    assert answer.status_code == 200
    return answer.text


def test_without_counters_the_page_says_how_to_begin_and_the_week_has_no_ladder(office):
    assert "Nothing is counted yet" in page(office)
    assert "ladder" not in page(office, "/")


def test_a_petition_that_was_not_reached_yet_is_said_to_be_so_until_it_was(office):
    state = a_source("petition:1", "Petition at x.example", last_success=None, outcome="unreachable")
    page_of = replace(state, name=PAGE, title=PAGE, on=False, detail="Type its total on the Outcomes page.")
    asked = plainly(page(replace(office, outcomes=lambda: (state, page_of))))
    assert "Petition at x.example: No answer." in asked
    assert f"{PAGE}: Type its total on the Outcomes page." in asked
    assert "Enter the petition" not in asked
    told = a_report(7, outcomes=(an_outcome(address=PAGE),))
    later = replace(office, report=lambda choice: told)
    worked = replace(state, last_success=NOW), page_of
    assert "Not counted yet" not in page(replace(later, outcomes=lambda: worked))


def test_each_counter_has_a_card_with_its_chart_and_a_rung_that_leads_to_it(office, tmp_path):
    with an_archive(tmp_path) as archive:
        some_outcomes(archive, NOW)
    whole = page(office)
    for title in (
        "Visited by link",
        "Signed online",
        "Signed on paper",
        "Answered the survey",
        "Said in Parliament",
    ):
        assert re.search(rf'<a href="/outcomes[^"]*#outcome-\d">{title}', whole)
        assert re.search(rf'<section id="outcome-\d"[^>]*><h2[^>]*>{title}</h2>', whole)
    assert whole.count('data-top="') == 4
    assert "13,194 of 13,200 placed in the UK." in plainly(whole)


def test_a_rung_is_heard_as_one_sentence_on_the_week_and_leads_to_its_card(office, tmp_path):
    with an_archive(tmp_path) as archive:
        number = a_petition(archive, NOW)
    (rung,) = re.findall(r'(?s)<ul class="ladder".*?</ul>', page(office, "/"))
    assert plainly(rung) == "Signed online: 13,200, read just now, 420 more than a week ago"
    assert f"#outcome-{number}" in rung


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        (an_outcome(total=12_004, placed=12_006),
         "12,006 placed in the UK, 12,004 in all: counted at different times."),
        (an_outcome(total=12_004, placed=11_998), "11,998 of 12,004 placed in the UK."),
        (an_outcome(None, total=None, as_of=None), "Signed online: not known"),
        (an_outcome(None), "Signatures online: not known for 16 to 22 November 2026"),
        (an_outcome(None, "paper", is_entered=True),
         "No signatures on paper entered for 16 to 22 November 2026"),
        (an_outcome(170, removed=158),
         "16 to 22 November 2026 (usually 58 to 86); at least 158 taken off again"),
        (an_outcome(0, removed=20), "At least 20 signatures online taken off again, 16 to 22 November 2026"),
        (an_outcome(address=PAGE), "It is not in Settings any more, so nobody reads it now."),
        (an_outcome(milestones={"response_threshold_reached": NOW}),
         "The petition has enough signatures for a government response (Sunday 22 November 2026)."),
        (an_outcome(milestones={"response_threshold_reached": None}),
         "Its site takes this back: The petition has enough signatures for a government response."),
        (an_outcome(milestones={"removed": NOW}), "The petition was removed by its site"),
        (an_outcome(state="closed"), "The petition is closed for signatures."),
        (an_outcome(state="closed", milestones={"closed": NOW}),
         "The petition is closed for signatures (Sunday 22 November 2026)."),
    ],
    ids=["more placed", "fewer placed", "never read", "unread", "no paper", "a fall", "only a fall",
         "not in Settings", "threshold",
         "taken back", "removed", "closed on an unknown day", "closed"],
)  # fmt: skip
def test_a_card_says_what_is_known_and_what_is_not(office, outcome, words):
    report = a_report(7, outcomes=(outcome,))
    assert words in plainly(page(replace(office, report=lambda choice: report)))


def test_what_is_unknown_comes_first_in_a_table_of_codes(office, tmp_path):
    with an_archive(tmp_path) as archive:
        visits = archive.counters.add("visits", "visits", "Site statistics")
        codes = {"a": "kit-bluesky-v1", "b": None, "c": "kit-print-a3"}
        archive.tallies.save(visits, [
            a_tally(NOW.date(), 9 if code else 3, NOW, key=key, code=code) for key, code in codes.items()
        ])  # fmt: skip
    rows = re.findall(r'<tr><th scope="row">([^<]*)</th><td>(\d+)</td>', page(office).split("Link code")[-1])
    assert rows == [("Not known", "3"), ("kit-bluesky-v1", "9"), ("kit-print-a3", "9")]


def test_a_chart_shows_unread_days_as_unread_and_a_fall_as_a_fall(office, tmp_path):
    with an_archive(tmp_path) as archive:
        counter = archive.counters.add("petition", "petition:1", "More police")
        for ago, total in ((6, 100), (5, 130), (2, 140), (1, 128), (0, 150)):
            archive.counters.save(counter, CounterReading(NOW - ago * DAY, total, None, "open"), {}, {})
    whole = page(office, "/outcomes?since=2026-11-16&until=2026-11-22")
    rows = re.findall(r'<tr><th scope="row">([^<]*)</th><td>([^<]*)</td><td>([^<]*)</td>', whole)
    assert [(added, total) for _, added, total in rows] == [
        ("not read", "100"), ("30", "130"), ("not read", ""), ("not read", ""), ("not read", "140"),
        ("-12", "128"), ("22", "150"),
    ]  # fmt: skip
    assert ">−12</text>" in whole  # beside no bar
    assert (
        len(re.findall('class="sum"', whole)) - 1 == 3
    )  # lines between the days that are known; and the legend


@pytest.mark.parametrize(
    ("ending", "start"), [("csv", b"\xef\xbb\xbf"), ("png", b"\x89PNG"), ("svg", b"<svg")]
)
def test_a_chart_can_be_taken_away(office, tmp_path, ending, start):
    with an_archive(tmp_path) as archive:
        number = a_petition(archive, NOW)
    client = create_app(office).test_client()
    answer = client.get(f"/chart/outcome-{number}.{ending}?period=4-weeks")
    assert answer.data.startswith(start)
    assert ending != "svg" or (
        "Numbers of the counter itself" in answer.text and "Public posts" not in answer.text
    )
    assert client.get(f"/chart/outcome-999.{ending}").status_code == 404


def test_weeks_are_shown_where_days_are_too_many(office, tmp_path):
    with an_archive(tmp_path) as archive:
        a_petition(archive, NOW, days=300)
    whole = page(office, "/outcomes?since=2026-02-02&until=2026-11-22")
    assert "Week from Monday 2 March</th><td>420</td>" in whole


def test_a_time_that_begins_before_the_first_reading_tells_what_was_added_since(office, tmp_path):
    with an_archive(tmp_path) as archive:
        a_petition(archive, NOW, days=10)
    assert "600 signatures online, 13 to 22 November 2026" in plainly(page(office))


def test_a_stall_of_today_is_neither_a_zero_of_the_days_before_nor_hidden(office, tmp_path):
    with an_archive(tmp_path) as archive:
        archive.tallies.save(archive.counters.add("paper", "paper", "Paper"), [a_tally(NOW.date(), 46, NOW)])
    before = plainly(page(office, "/outcomes?since=2026-11-09&until=2026-11-15"))
    assert "Signed on paper: 46" in before
    assert (
        "No signatures on paper entered for 9 to 15 November 2026 (the latest are of Sunday 22 November)."
        in before
    )
    assert "46 signatures on paper, 16 to 22 November 2026" in plainly(page(office, "/outcomes"))


@pytest.mark.parametrize(("title", "times"), [("Paper", 1), ("Signed on paper", 0)])
def test_a_counter_is_not_called_by_its_heading_twice(office, tmp_path, title, times):
    with an_archive(tmp_path) as archive:
        counter = archive.counters.add("paper", "paper", title, "https://our.example/sheets")
        archive.tallies.save(counter, [a_tally(NOW.date(), 46, NOW)])
    shown = page(office)
    assert shown.count(f'<p class="sub">{title}.') == times
    assert 'href="https://our.example/sheets"' in shown  # whatever it is called


def test_no_name_nor_address_that_a_site_gave_becomes_markup(office, tmp_path):
    with an_archive(tmp_path) as archive:
        archive.counters.add("petition", "petition:1", "<b>x</b>", "javascript:alert(1)")
        archive.counters.add("petition", "petition:2", "y", 'https://example.org/"onmouseover="x')
    whole = page(office)
    assert "<b>x" not in whole
    assert "javascript:" not in whole
    assert '"onmouseover=' not in whole


def test_events_and_thresholds_are_told_by_arithmetic_that_names_no_cause(office, tmp_path):
    with an_archive(tmp_path) as archive:
        a_petition(archive, NOW, days=200)
        archive.events.add((NOW - 9 * DAY).date(), "A stall in Becontree")
        archive.events.add((NOW - 16 * DAY).date(), "Radio")
        archive.events.add((NOW - 17 * DAY).date(), "Long before")
        archive.events.add(NOW.date(), "Too fresh to be compared")
    words = plainly(page(office))
    assert "At 10,000 the government responds; at 100,000 a debate is considered." in words
    assert re.search("100,000: [^.]*20[23][0-9]", words)
    assert "“A stall in Becontree”, Friday 13 November. Not more than before: 420 in" in words
    assert "420 in the 7 before. These days include “Radio”." in words
    assert "“Too fresh to be compared”" not in words.replace("Too fresh to be compared, 22 Nov", "")


@pytest.mark.parametrize("site", ["petitions.senedd.wales", "petition.parliament.uk.example"])
def test_the_thresholds_of_uk_parliament_are_not_told_of_petitions_elsewhere(office, tmp_path, site):
    with an_archive(tmp_path) as archive:
        a_petition(archive, NOW, days=200, address=f"https://{site}/petitions/1")
    words = plainly(page(office))
    assert "Signed online: 21,000" in words
    assert "the government responds" not in words
    assert "100,000" not in words


def test_a_petition_may_reach_a_threshold_before_parliament_is_dissolved_or_not_at_all(office, tmp_path):
    with an_archive(tmp_path) as archive:
        a_petition(archive, NOW, days=200)
    campaign = replace(office.campaign, dissolution=Dissolution(day=NOW.date() + 30 * DAY))
    words = plainly(page(replace(office, campaign=campaign)))
    assert "100,000: unlikely before it closes on 21 December 2026" in words


def test_what_was_said_in_parliament_is_listed_the_latest_first(office, tmp_path):
    with an_archive(tmp_path) as archive:
        archive.echoes.save([
            an_echo((NOW - 9 * DAY).date(), "1", member="A Member", answered_on=NOW.date()),
            an_echo((NOW - 2 * DAY).date(), "2", title="<i>Police</i>", kind="motion"),
        ])  # fmt: skip
    listed = plainly(page(office).split('<ul class="posts">')[1].split("</ul>")[0])
    assert listed == (
        "<i>Police</i> (motion, Friday 20 November 2026) Police: Dagenham (question, A Member,"
        " Friday 13 November 2026; answered Sunday 22 November)"
    )


def test_constituencies_have_their_names(office, tmp_path):
    with an_archive(tmp_path) as archive:
        a_petition(archive, NOW)
    table = page(office).split("Constituency")[-1]
    assert ">4,400</td>" in table
    assert CAMPAIGN.areas.area_name("E14001189") in unescape(table)
