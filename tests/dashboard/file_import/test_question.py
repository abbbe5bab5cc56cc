"""What a file leaves open: one question, an answer, and no question for the next file of its kind."""

import pytest

from tests.dashboard.file_import.conftest import bring, wait
from tests.dashboard.reports import CAMPAIGN

pytestmark = pytest.mark.heavy

TRACK = CAMPAIGN.tracks[0].name
UNCLEAR = "platform,id,author,text,created_at\nforum,{n},ann,hello {n},03/04/2026 10:00:00 Z\n"


def answer_all(client, at, choose):
    """Answer each question of a file until none is open; return how many there were."""
    for number in range(5):
        shown = client.get(at).text
        if 'name="answer"' not in shown:
            return number
        values = [part.split('"')[0] for part in shown.split('name="answer" value="')[1:]]
        client.post(at, data={"act": "answer", "answer": choose(values)})
    raise AssertionError("It asks for ever")


def take(office, client, at):
    client.post(at, data={"act": "take", "track": TRACK, "saved_on": "2026-11-20"})
    wait(office)
    return client.get(at).text


def days(office):
    with office.archive() as archive:
        return {str(post.created_at)[:10] for post in archive.posts.every(None)}


def test_an_unclear_date_is_asked_once_and_the_answer_is_remembered(office):
    client = office.browser()
    at = bring(client, UNCLEAR.format(n=1)).location
    shown = client.get(at).text
    assert "3 April" in shown
    assert "4 March" in shown
    assert 'value="take"' not in shown
    assert "<blockquote" not in shown
    assert answer_all(client, at, lambda values: next(v for v in values if "day" in v)) == 1
    assert "Friday 3 April 2026, 11:00" in client.get(at).text
    assert "1 new post" in take(office, client, at)
    again = bring(client, UNCLEAR.format(n=2), "next.csv").location
    assert answer_all(client, again, lambda values: "") == 0
    assert "1 new post" in take(office, client, again)
    assert days(office) == {"2026-04-03"}


def test_an_answer_that_is_none_is_refused(office):
    client = office.browser()
    at = bring(client, UNCLEAR.format(n=1)).location
    for answer in ("", "whenever", "<b>"):
        refused = client.post(at, data={"act": "answer", "answer": answer})
        assert (refused.status_code, "Choose one of the answers." in refused.text) == (400, True)


def test_while_a_question_is_open_nothing_is_taken_in(office):
    client = office.browser()
    at = bring(client, UNCLEAR.format(n=1)).location
    shown = take(office, client, at)
    assert office.posts() == 0
    assert 'name="answer"' in shown


CHOOSABLE = (
    "platform,id,author,text,created_at,Thumbs,views\nforum,{n},ann,hello {n},2026-11-20T10:00Z,12,900\n"
)


def metrics(office):
    with office.archive() as archive:
        return [(post.metrics.likes, post.metrics.views) for post in archive.posts.every(None)]


def test_what_a_column_is_can_be_chosen_and_is_remembered(office):
    client = office.browser()
    at = bring(client, CHOOSABLE.format(n=1)).location
    assert "Not used: Thumbs." in client.get(at).text
    client.post(at, data={"act": "choose", "column": "Thumbs", "thing": "likes"})
    client.post(at, data={"act": "choose", "column": "views", "thing": ""})
    shown = client.get(at).text
    assert "Not used: views." in shown
    assert "12 likes" in shown
    take(office, client, at)
    take(office, client, bring(client, CHOOSABLE.format(n=2), "next.csv").location)
    assert metrics(office) == [(12, None), (12, None)]


def test_a_choice_is_remembered_of_a_file_that_was_cancelled_too_and_the_last_one_counts(office):
    client = office.browser()
    for thing, shown in (("views", "12 views"), ("likes", "12 likes")):
        at = bring(client, CHOOSABLE.replace("views", "Eyes").format(n=1)).location
        client.post(at, data={"act": "choose", "column": "Thumbs", "thing": thing})
        client.post(at, data={"act": "cancel"})
        again = client.get(bring(client, CHOOSABLE.replace("views", "Eyes").format(n=2)).location).text
        assert f'<p class="meta">{shown}</p>' in again


@pytest.mark.parametrize(
    ("name", "sent"), [('"Thumbs  \nup"', "Thumbs up"), ("Thumbs " * 30, "Thumbs " * 14 + "Th")]
)
def test_a_column_is_chosen_by_its_name_as_browsers_send_it_and_as_much_as_is_shown(office, name, sent):
    client = office.browser()
    at = bring(client, CHOOSABLE.replace("Thumbs", name).format(n=1)).location
    client.post(at, data={"act": "choose", "column": sent, "thing": "likes"})
    assert "12 likes" in client.get(at).text


def test_a_choice_that_is_none_is_refused(office):
    client = office.browser()
    at = bring(client, CHOOSABLE.format(n=1)).location
    for column, thing in (("Thumbs", "hearts"), ("Thumb", "likes"), ("Thumbs", "notes")):
        refused = client.post(at, data={"act": "choose", "column": column, "thing": thing})
        assert (refused.status_code, "Choose a column, and what it is." in refused.text) == (400, True)


def test_a_table_that_is_used_whole_is_not_asked_about(office):
    client = office.browser()
    shown = client.get(bring(client, CHOOSABLE.format(n=1).replace("Thumbs", "likes")).location).text
    assert "Not used:" not in shown
