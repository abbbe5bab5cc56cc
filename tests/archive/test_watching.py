"""What posts got in the last hours, for alerts."""

from datetime import timedelta

import pytest

from monitor.core.model import Metrics
from tests.archive.saving import opened, saved
from tests.builders import NOON, a_page, a_post

WRITTEN = NOON - timedelta(hours=20)


@pytest.mark.parametrize(
    ("before", "gained"),
    [(Metrics(likes=5), [25]), (Metrics(likes=0), [30]), (Metrics(views=900), []), (None, [])],
    ids=["five", "zero", "none of the four", "not seen before"],
)
def test_a_post_gained_only_what_is_known_to_be_more_than_before(tmp_path, before, gained):
    with opened(tmp_path) as archive:
        if before:
            old = a_post(created_at=WRITTEN, metrics=before)
            saved(archive, a_page(old), now=NOON - timedelta(hours=4))
        saved(archive, a_page(a_post(created_at=WRITTEN, likes=20, quotes=10)))
        scope = archive.stats.scope("crime", WRITTEN.date(), NOON.date())
        found = archive.alerts.gains(scope, oldest=WRITTEN, since=NOON - timedelta(hours=3), least=10)
    assert [one.engagement for one in found] == gained


def test_a_post_that_is_new_gained_all_that_it_has(tmp_path):
    with opened(tmp_path) as archive:
        saved(archive, a_page(a_post(created_at=NOON - timedelta(hours=1), likes=20)))
        scope = archive.stats.scope("crime", WRITTEN.date(), NOON.date())
        found = archive.alerts.gains(scope, oldest=WRITTEN, since=NOON - timedelta(hours=3), least=10)
    assert [one.engagement for one in found] == [20]
