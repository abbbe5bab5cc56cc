"""Another analyzer takes over: a line is drawn, and tones of two are not compared while they are mixed."""

from datetime import date, timedelta

import pytest

from dashboard.pages.charts import tone_finding
from monitor.campaign import KeepSettings
from monitor.charts.event_markers import marks_of
from monitor.collect.tone_scoring import BATCH, rescore, rescore_some
from monitor.core.model import CLEAR_TONES, Page, Sentiment, Tone
from monitor.report import Window
from monitor.report.build import build
from monitor.report.figures import tone
from monitor.report.json_form import plain
from monitor.report.lookup.tone import tones_in
from monitor.report.story.breaks import breaks
from monitor.report.wording import RESCORING, rescoring
from tests.report.stored import CAMPAIGN, NOW, a_post

pytestmark = pytest.mark.heavy

WEEK = Window(first=date(2026, 11, 16), last=date(2026, 11, 22))
MONTH = Window(first=date(2026, 10, 26), last=date(2026, 11, 22))
NEXT = Window(first=date(2026, 11, 17), last=date(2026, 11, 23))
DAY = timedelta(days=1)
POSTS = 24 * 26
SAYS = "Tone is scored in a new way, for posts from before as well, 22 Nov"


class First:
    """Has an opinion of its own on each post, which is a number."""

    name, kinder = "first-1", 0

    def score(self, text: str, lang: str | None = None) -> Sentiment:
        tone = CLEAR_TONES[max(int(text) % 3 - self.kinder, 0)]
        return Sentiment(tone=tone, **{str(other): float(other == tone) for other in CLEAR_TONES})


class Other(First):
    """Finds everything better than the first."""

    name, kinder = "other-1", 1


def filled(archive, now=NOW):
    """Return an archive with a post an hour in four weeks, each by somebody else."""
    posts = tuple(
        a_post(str(n), NOW - timedelta(hours=n), author=str(n), text=str(n), lang="en") for n in range(POSTS)
    )
    archive.ingest.save(
        Page(stream="s", posts=posts), source="mastodon", track=CAMPAIGN.tracks[0].name, analyzer="first-1",
        scores=[First().score(post.text) for post in posts], started_at=now, now=now,
    )  # fmt: skip
    return archive


def of(archive, window=WEEK):
    return build(archive, CAMPAIGN, window, now=NOW, sources=())


def redefined(report):
    return [(one.day.day, one.definition, one.version) for one in report.redefined]


def test_the_first_analyzer_draws_no_line_however_often_it_is_done(archive):
    filled(archive)
    for _ in range(2):
        archive.tone_scores.finish("first-1")
        assert (redefined(of(archive)), of(archive).is_rescoring) == ([], False)
    assert of(archive, MONTH).net_tone == 0


def test_while_two_analyzers_are_mixed_tones_are_counted_and_not_compared(archive):
    last = rescore_some(filled(archive), Other(), NOW)
    assert last == BATCH
    assert archive.tone_scores.progress("other-1") == (BATCH, POSTS - BATCH)
    report = of(archive, MONTH)
    assert report.is_rescoring
    assert (report.net_tone, report.tone_shares, plain(report)["net_tone"]) == (None, None, None)
    assert sum(report.tones.values()) == POSTS
    tile = tone.MEASURE.tile(report)
    assert (tile.words, tile.unit, tile.parts, tile.bar) == ("", "", {}, ())
    assert RESCORING in [note.text for note in tile.notes]
    assert tone.MEASURE.words(report) == "Being scored again"
    assert tone_finding(report) == RESCORING
    assert tones_in(archive, report, [MONTH]) == [{}]
    assert redefined(report) == [(22, "analyzer", 2)]
    while last is not None:
        last = rescore_some(archive, Other(), NOW, last)
    report = of(archive, MONTH)
    assert not report.is_rescoring
    assert (report.net_tone, tones_in(archive, report, [MONTH])) == (67, [report.tones])
    assert tone.MEASURE.tile(report).parts[Tone.NEUTRAL] == POSTS // 3
    assert RESCORING not in [note.text for note in tone.MEASURE.tile(report).notes]
    assert redefined(report) == [(22, "analyzer", 2)]  # what was mailed before was counted otherwise


def test_how_far_it_is_takes_a_look_at_a_few_posts_however_many_there_are(archive, monkeypatch):
    monkeypatch.setattr("monitor.archive.posts.tone_scores._SAMPLE", 50)
    rescore_some(filled(archive), Other(), NOW)
    scored, rest = archive.tone_scores.progress("other-1")
    assert 50 <= scored + rest <= 60
    assert abs(scored / (scored + rest) - BATCH / POSTS) < 1 / 50
    archive.db.execute("UPDATE posts SET text = NULL")  # what has no text keeps its score
    assert archive.tone_scores.progress("other-1") == (0, 0)


@pytest.mark.parametrize(("scored", "rest", "share"), [(0, 0, 0), (0, 9, 0), (999, 1, 99), (1000, 0, 99)])
def test_a_rescoring_is_not_called_whole_before_it_ends(scored, rest, share):
    assert rescoring(scored, rest).endswith(f"So far, {share}% of posts are done.")


def test_each_change_of_the_analyzer_is_a_line_with_its_day_in_charts_and_a_sentence(archive):
    rescore(filled(archive, NOW - 3 * DAY), Other(), lambda: NOW - 2 * DAY)
    rescore_some(archive, First(), NOW)
    report = of(archive)
    assert redefined(report) == [(20, "analyzer", 2), (22, "analyzer", 3)]
    assert SAYS in [mark.text for mark in marks_of(report, report.days)]
    [finding] = breaks(report)
    assert "Tone has been counted differently since Friday" in finding.sentence
    assert "Tone has been counted differently since Sunday" in finding.sentence
    assert report.is_rescoring


def came(archive, analyzer, n, at=NOW):
    """Store a post as a poll does that works by this analyzer."""
    post = a_post(str(n), NOW - timedelta(minutes=n % 50), author=str(n), text=str(n), lang="en")
    archive.ingest.save(
        Page(stream="s", posts=(post,)), source="mastodon", track=CAMPAIGN.tracks[0].name,
        analyzer=analyzer.name, scores=[analyzer.score(post.text)], started_at=at, now=at,
    )  # fmt: skip


def test_what_began_before_a_change_and_ends_after_it_draws_no_line_and_is_scored_again(archive):
    rescore(filled(archive), Other(), lambda: NOW)
    came(archive, Other(), 5000)
    assert not of(archive).is_rescoring  # the control: by the analyzer that took over
    for n in range(5001, 5007):  # two processes in turn
        came(archive, (First, Other)[n % 2](), n, NOW + timedelta(minutes=n - 5000))
    report = of(archive, MONTH)
    assert (report.is_rescoring, report.net_tone) == (True, None)
    assert redefined(report) == [(22, "analyzer", 2)]
    archive.tone_scores.finish("first-1")  # as a rescoring does that began before
    archive.tone_scores.finish("other-1")  # as one does whose walk had passed these posts
    assert of(archive).is_rescoring
    assert archive.tone_scores.outdated("other-1") == 3
    last: int | None = 0
    while last is not None:
        last = rescore_some(archive, Other(), NOW, last)
    report = of(archive, MONTH)
    assert (report.is_rescoring, report.net_tone is None) == (False, False)
    assert redefined(report) == [(22, "analyzer", 2)]
    assert archive.tone_scores.progress("other-1") == (POSTS + 7, 0)
    assert archive.differences() == []


def test_new_posts_by_an_analyzer_that_has_not_taken_over_yet_are_mixed_with_the_others(archive):
    came(filled(archive), Other(), 5000)
    assert (of(archive).is_rescoring, redefined(of(archive))) == (True, [])
    rescore(archive, Other(), lambda: NOW)
    assert (of(archive).is_rescoring, redefined(of(archive))) == (False, [(22, "analyzer", 2)])


def test_a_rescoring_that_another_overtook_takes_nothing_back(archive):
    last = rescore_some(filled(archive), Other(), NOW)
    while last is not None:
        last = rescore_some(archive, Other(), NOW, last)
    assert rescore_some(archive, First(), NOW, BATCH) == POSTS
    assert rescore_some(archive, First(), NOW, POSTS) is None
    assert (of(archive).is_rescoring, redefined(of(archive))) == (True, [(22, "analyzer", 2)])


def test_before_any_post_has_a_score_another_choice_of_analyzer_is_no_change(archive):
    for analyzer in (First(), Other()):
        rescore(archive, analyzer, lambda: NOW)
    came(archive, Other(), 1)
    assert (of(archive).is_rescoring, redefined(of(archive))) == (False, [])


def test_of_several_changes_on_one_day_only_what_it_ends_with_is_told(archive):
    filled(archive)
    for analyzer in (Other(), First()):
        rescore(archive, analyzer, lambda: NOW)
    assert redefined(of(archive)) == []  # as it began
    rescore(archive, Other(), lambda: NOW)
    report = of(archive)
    assert redefined(report) == [(22, "analyzer", 4)]
    assert [mark.text for mark in marks_of(report, report.days)] == [SAYS]
    rescore(archive, First(), lambda: NOW + DAY)  # the control: on another day it is told
    archive.history.save_definitions({"posts": 1}, NOW)
    archive.history.save_definitions({"posts": 2}, NOW)
    assert redefined(of(archive, NEXT)) == [(22, "analyzer", 4), (22, "posts", 2), (23, "analyzer", 5)]


def test_two_changes_on_one_day_are_told_in_the_singular(archive):
    rescore(filled(archive), Other(), lambda: NOW)
    archive.history.save_definitions({"tone": 3}, NOW - 9 * DAY)
    archive.history.save_definitions({"tone": 4}, NOW)
    [finding] = breaks(of(archive))
    assert finding.sentence.startswith("Tone has been counted differently since Sunday")


def test_posts_whose_texts_are_gone_keep_their_tone_and_a_line_says_up_to_where(archive):
    for _ in filled(archive).retention.apply(KeepSettings(text_days=12), NOW):
        pass
    rescore(archive, Other(), lambda: NOW)
    report = of(archive, MONTH)
    assert redefined(report) == [(10, "rescored", 2), (22, "analyzer", 2)]
    assert 0 < report.tones[Tone.NEGATIVE] < POSTS / 3 - 50  # those without a text, by the first
    texts = [mark.text for mark in marks_of(report, report.days)]
    before = "Tone before this is as it was scored then, because the texts were removed, 10 Nov"
    assert texts == [before, SAYS]


def test_an_archive_from_before_this_list_begins_it_with_the_analyzer_that_it_had(archive):
    filled(archive).db.execute("DELETE FROM definitions")
    rescore_some(archive, Other(), NOW)
    assert redefined(of(archive)) == [(22, "analyzer", 2)]
    assert of(archive).is_rescoring


def test_back_at_the_first_analyzer_it_is_as_if_there_had_been_no_other(archive):
    sql = "SELECT post_id, analyzer, tone, positive, neutral, negative FROM scores ORDER BY 1"
    before = filled(archive).db.execute(sql).fetchall()
    rescore(archive, Other(), lambda: NOW)
    assert archive.db.execute(sql).fetchall() != before
    rescore(archive, First(), lambda: NOW)  # within the same second
    assert archive.db.execute(sql).fetchall() == before
    assert archive.differences() == []
