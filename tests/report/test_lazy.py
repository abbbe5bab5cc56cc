"""A lazy report looks up what is read of it, once, and is else as the whole one."""

from dataclasses import fields

import pytest

from monitor.report import Report
from monitor.report.anonymise import nameless
from monitor.report.build import build, lazy_report
from monitor.report.lazy import LazyReport, changed
from monitor.report.lookup import Lookup
from tests.archive.saving import opened
from tests.archive.test_rollups import a_long_history
from tests.dashboard.reports import a_report
from tests.report.test_documented_sql import WINDOW
from tests.report.test_slow_counts import CAMPAIGN, NOW


def parts(looked_up: list[str], report: Report) -> LazyReport:
    """Return a report that notes what is looked up."""

    def part(name):
        looked_up.append(name)
        return getattr(report, name)

    return LazyReport({field.name: lambda name=field.name: part(name) for field in fields(Report)})


def test_a_part_is_looked_up_when_it_is_first_read_and_then_never_again():
    looked_up = []
    report = parts(looked_up, a_report())
    assert looked_up == []
    assert report.posts == report.posts == a_report().posts
    assert looked_up == ["figures"]


def test_the_whole_of_a_lazy_report_is_the_report():
    assert parts([], a_report()).whole() == a_report()


@pytest.mark.heavy
def test_the_parts_of_an_archives_report_are_the_same_in_any_order(tmp_path):
    with opened(tmp_path) as archive:
        a_long_history(archive, seed=1)
        whole = build(archive, CAMPAIGN, WINDOW, now=NOW, sources=())
        assert whole.posts.value
        for names in (dir(whole), dir(whole)[::-1]):
            track = CAMPAIGN.tracks[0]
            lazy = lazy_report(Lookup(archive, CAMPAIGN, track, WINDOW, frozenset(), NOW), ())
            for name in names:
                getattr(lazy, name)
            assert lazy.whole() == whole


@pytest.mark.parametrize(
    "make", [lambda report: report, lambda report: parts([], report)], ids=["whole", "lazy"]
)
def test_a_change_is_of_the_parts_it_names_alone(make):
    report = changed(make(a_report()), {"campaign": str.upper})
    assert report.campaign == a_report().campaign.upper()
    assert report.title == a_report().title
    assert isinstance(report, LazyReport) == isinstance(make(a_report()), LazyReport)


def test_a_lazy_report_without_names_looks_nothing_up_that_is_not_read():
    looked_up = []
    report = nameless(parts(looked_up, a_report()))
    assert looked_up == []
    assert {post.handle for post in report.latest} == {None}
    assert looked_up == ["latest"]
    assert any(post.handle for post in a_report().latest)


def test_what_a_report_does_not_have_is_no_part_of_it():
    with pytest.raises(AttributeError, match="colour"):
        _ = LazyReport().colour


def test_a_fault_in_a_look_up_is_not_taken_for_a_part_that_there_is_not():
    report = LazyReport({"tags": lambda: None.term})
    with pytest.raises(TypeError, match=r"tags of a report cannot be looked up: .*term"):
        _ = report.tags
