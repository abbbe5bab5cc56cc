"""The campaign file: what is right is read, and each mistake is named with its key."""

import os
from pathlib import Path

import pytest

from monitor.campaign import keys, load, track_of
from monitor.core.errors import ConfigError
from monitor.platform_info import accounts_called
from tests.campaigns import ONE_TRACK

SHIPPED = Path(__file__).parents[2] / "config/campaign.toml"
GOOD = ONE_TRACK


def loaded(path: Path, text: str):
    (path / "campaign.toml").write_text(text)
    return load(path / "campaign.toml")


def test_the_shipped_file_watches_the_campaign_and_needs_no_key():
    campaign = load(SHIPPED)
    assert campaign.name == "Calling Time on Crime"
    assert "CallingTimeOnCrime" in campaign.tracks[0].tags
    on = {name for name, settings in campaign.sources.items() if settings.on}
    assert on == {"mastodon", "bluesky", "feeds", "lemmy"}


def test_what_is_not_said_has_a_default(tmp_path):
    campaign = loaded(tmp_path, GOOD + "[sources.mastodon]\n")
    assert campaign.zone.key == "Europe/London"
    assert (campaign.sources["mastodon"].on, campaign.sources["mastodon"].every_minutes) == (True, 15)
    assert (campaign.digest.day, campaign.digest.hour) == ("monday", 8)


def test_how_people_sign_in_can_be_set(tmp_path):
    access = loaded(
        tmp_path, GOOD + '[access]\nnames = ["dash.example.org"]\ntotp_for_admins = true\n'
    ).access
    assert (access.names, access.totp_for_admins) == (("dash.example.org",), True)
    assert (access.idle_minutes, access.session_hours, access.behind_proxy) == (30, 12, False)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("idle_minutes = 0", "access.idle_minutes: expected 1 to 1440"),
        ("session_hours = 200", "access.session_hours: expected 1 to 168"),
        ('names = ["https://x.org"]', "access.names: expected names"),
    ],
)
def test_a_mistake_about_signing_in_is_named(tmp_path, line, says):
    with pytest.raises(ConfigError, match=says):
        loaded(tmp_path, GOOD + f"[access]\n{line}\n")


@pytest.mark.parametrize(
    ("more", "key", "allowed"),
    [
        ("[digest]\nhour = '9'", "digest.hour", "a whole number"),
        ("[digest]\nhour = 24", "digest.hour", "0 to 23"),
        ("[digest]\nday = 'Mon'", "digest.day", "monday"),
        ("[sources.x]\non = 'yes'", "sources.x.on", "true or false"),
        ("[sources.x]\nevery_minutes = 0", "sources.x.every_minutes", "1 to 1440"),
        ("[sources]\nx = 1", "sources.x", "a table"),
        ("[[track]]\nname = 'test'\ntitle = 'T'\ntags = ['a']", "track.name", "twice"),
        ("[[track]]\nname = 'Two Words'\ntitle = 'T'\ntags = ['a']", "track[1].name", "lower-case"),
        ("[[track]]\nname = 'b'\ntitle = 'T'", "track[1]", "hashtag or phrase"),
        ("[[track]]\nname = 'b'\ntitle = 'T'\ntags = ['#a']", "track[1].tags", "letters and digits"),
        ("[[track]]\nname = 'b'\ntitle = 'T'\ntags = 'a'", "track[1].tags", "a list"),
        ("[[track]]\nname = 'b'\ntitle = 'T'\ntags = ['a']\nexcluded = ['']", "track[1]", "empty"),
        ("[[track]]\nname = 'b'", "track[1].title", "missing"),
        *(
            (f"[[track]]\nname='b'\ntitle='T'\ntags=['a']\nnear=['{near}']", "track[1].near", "police cuts~5")
            for near in ("police cuts", "police~5", "police cuts~", "police cuts~-1", "police cuts~100", "~5")
        ),
        ('[own]\nimprint = "a\\u001bb"', "own.imprint", "visible"),
        (f"[own]\nimprint = '{'x' * 2001}'", "own.imprint", "at most 2,000 characters"),
        (f"[own]\naccounts = {['x:a'] * 2001}", "own.accounts", "at most 2,000"),
        *(
            (f"[own]\naccounts = ['{name}']", "own.accounts", "say where they are")
            for name in ("@jo", "jo", "Jo@bluesky", "x:", "jo smith", "a@b@c.example", "")
        ),
        ("[[track]]\nname = 'b'\ntags = ['a']\ntitle = ' '", "track[1].title", "not empty"),
        ("[[track]]\nname = 'b'\ntags = ['a']\ntitle = '\u202e'", "track[1].title", "nothing that can be"),
        (
            "[[track]]\nname='b'\ntitle='T'\ntags=['a']\nexcluded=['\u3164']",
            "track[1]",
            "nothing that can be",
        ),
        ("petition = ['petition.example.org/1']", "petition", "https://example.org"),
        ("petition = 'https://petition.example.org/1'", "petition", "a list"),
        *(
            (f"petition = ['{address}']", "petition", "https://example.org")
            for address in (
                "https://[x/1",
                "https://exa\u2100mple.org/1",
                "https://jo:key@example.org/1",
                "https:///1",
            )
        ),
        *(
            (f"[outcomes]\nvisits = ['{address}']", "outcomes.visits", "https://plausible.io")
            for address in ("https://[x/1", "https://exa\u2100mple.org/1", "http://example.org/1")
        ),
    ],
)
def test_a_mistake_is_named_with_its_key_and_what_is_allowed(tmp_path, more, key, allowed):
    with pytest.raises(ConfigError) as caught:
        loaded(tmp_path, f"{more}\n{GOOD}" if more.startswith("petition") else GOOD + more)
    assert key in str(caught.value)
    assert allowed in str(caught.value)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("name = 'x'", "at least one track"),
        ("time_zone = 'Mars'\n" + GOOD, "no time zone called 'Mars'"),
        ("name = ", "cannot be understood"),
        ("nome = 'x'\n" + GOOD, "nome: there is no such setting"),
    ],
)
def test_a_file_that_cannot_be_used_says_why(tmp_path, text, says):
    with pytest.raises(ConfigError) as caught:
        loaded(tmp_path, text)
    assert says in str(caught.value)


@pytest.mark.parametrize(
    "line", ["places = 'other'", "tone = {subject_words = 'other'}"], ids=["places", "words"]
)
@pytest.mark.parametrize("kind", ["pipe", "device", "folder", "large", "no path"])
def test_a_file_that_is_none_or_has_no_end_costs_a_sentence(tmp_path, line, kind):
    other = tmp_path / "other"
    if kind == "pipe":
        os.mkfifo(other)
    elif kind == "device":
        other.symlink_to("/dev/zero")
    elif kind == "folder":
        other.mkdir()
    elif kind == "large":
        other.write_text("#" * (5 * 2**20 + 1))
    else:
        line = line.replace("other", "x" * 1_000)
    says = "not a file|larger than 5 MB|cannot be read"
    with pytest.raises(ConfigError, match=says) as caught:
        loaded(tmp_path, f"{line}\n{GOOD}")
    assert len(str(caught.value)) < 3_000


def test_a_mistake_is_shown_in_part_where_it_is_long(tmp_path):
    with pytest.raises(ConfigError) as caught:
        loaded(tmp_path, GOOD.replace('"Test"', f'"{"x" * 10_000}"'))
    assert len(str(caught.value)) < 500


def test_the_environment_wins_over_the_file_and_empty_counts_as_not_given(tmp_path):
    (tmp_path / ".env").write_text("A=file\nB=file\nC=\n")
    found = keys(tmp_path / ".env", {"A": "environment", "B": ""})
    assert found == {"A": "environment", "B": "file"}
    assert keys(tmp_path / "none", {"A": "1"}) == {"A": "1"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('name = "A"\ntitle = Hello\n', "at line 2, 'title = Hello'"),
        ('name = "A"\n[[track]\nname = "t"\n', "at line 2, '[[track]'"),
        ('name = "A"\ntags = ["a",\n', "unclosed bracket"),
    ],
    ids=["no quotes", "half a bracket", "end of file"],
)
def test_a_file_that_is_no_toml_shows_the_line_and_what_to_look_for(tmp_path, text, said):
    (tmp_path / "c.toml").write_text(text)
    with pytest.raises(ConfigError) as caught:
        load(tmp_path / "c.toml")
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_track_is_found_by_its_name_and_the_first_without_one():
    campaign = load(SHIPPED)
    first = campaign.tracks[0]
    assert track_of(campaign, None) == track_of(campaign, first.name) == first
    with pytest.raises(ConfigError, match=rf"no track 'other' in the campaign file\. It has: {first.name}"):
        track_of(campaign, "other")


def test_a_campaign_may_have_several_petitions(tmp_path):
    pages = ("https://petition.example.org/1", "https://example.org:8443?sign", "https://bücher.example.org")
    assert loaded(tmp_path, f"petition = {[*pages]}\n{GOOD}").petition == pages
    assert loaded(tmp_path, GOOD).petition == ()


@pytest.mark.parametrize(
    ("word", "account"),
    [
        ("https://x.com/jo", ("x", "jo")),
        ("https://twitter.com/jo?lang=en", ("x", "jo")),
        ("x: @jo", ("x", "jo")),
        ("www.instagram.com/jo/", ("instagram", "jo")),
        ("https://bsky.app/profile/jo.bsky.social", ("bluesky", "jo.bsky.social")),
        ("https://mastodon.social/@jo", ("mastodon", "jo@mastodon.social")),
        ("mastodon: jo@mastodon.social", ("mastodon", "jo@mastodon.social")),
        ("facebook.com/jo", ("facebook", "jo")),
    ],
)
def test_an_account_of_our_own_is_known_by_the_address_of_its_profile(tmp_path, word, account):
    campaign = loaded(tmp_path, f"{GOOD}[own]\naccounts = ['{word}']")
    assert account in accounts_called(campaign.own.handles[0])
    assert accounts_called("https://x.com/jo/status/1") == []
    assert accounts_called("https://www.facebook.com/profile.php?id=1000") == []
