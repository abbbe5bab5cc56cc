"""Columns of tables: by the names that people give them, in four languages, and by what a person says."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.collect.imports.file_inspection import inspect
from monitor.core.errors import MonitorError
from monitor.core.model import Metrics, Other, Post, Rejected
from tests.collect.test_tables import AT, LONDON, TEXT, TWEET, a_file, read

ROW = {"platform": "facebook", "author": "ann", "text": TEXT, "created_at": "2026-11-20T09:30:00Z"}
NOW = datetime(2026, 11, 29, tzinfo=UTC)


def the_post(folder: Path, row: dict[str, str], **answers: str) -> Post:
    [post] = read(a_file(folder, row), **answers)
    assert isinstance(post, Post), post
    return post


def dated(**columns: str) -> dict[str, str]:
    return {"platform": "facebook", "author": "ann", "text": TEXT, **columns}


@pytest.mark.parametrize(
    "row",
    [
        {"Datum": "20.11.2026", "Uhrzeit": "09:30", "Netzwerk": "Facebook", "Autor": "ann", "Beitrag": TEXT,
         "Gefällt mir": "1.204", "Kommentare": "4", "Geteilt": "2", "Aufrufe": "12.000"},
        {"Date": "20/11/2026", "Heure": "9h30", "Plateforme": "Facebook", "Auteur": "ann", "Texte": TEXT,
         "J’aime": "1 204", "Commentaires": "4", "Partages": "2", "Vues": "12 000"},
        {"Dyddiad": "20/11/2026", "Amser": "09:30", "Platfform": "Facebook", "Awdur": "ann", "Testun": TEXT,
         "Hoffi": "1,204", "Sylwadau": "4", "Rhannu": "2", "Views": "12,000"},
        {" Platform: ": "Facebook", "Post\nText": TEXT, "Author(s)": "ann", "Date-Posted": "20/11/2026 09:30",
         "# Likes": "1,204", "No. of comments": "4", "Shares count": "2", "Views (total)": "12000"},
    ],
    ids=["German", "French", "Welsh", "with signs"],
)  # fmt: skip
def test_a_column_is_known_in_four_languages_and_whatever_signs_are_around_its_name(tmp_path, row):
    post = the_post(tmp_path, row, zone="Europe/London")
    assert (post.text, post.created_at, post.author.handle) == (TEXT, AT, "ann")
    assert post.metrics == Metrics(likes=1204, reposts=2, replies=4, views=12000)


def test_control_a_rate_or_a_part_is_not_the_number(tmp_path: Path):
    row = {**ROW, "Likes (%)": "3", "Like rate": "4", "Video views (3s)": "5", "Comments per day": "6"}
    assert the_post(tmp_path, row).metrics == Metrics()


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("Date (UTC)", "2026-06-20 08:30"), ("Created at [GMT]", "2026-06-20 08:30"),
        ("Timestamp UTC", "2026-06-20 08:30"), ("Date (BST)", "2026-06-20 09:30"),
        ("Date (GMT+1)", "2026-06-20 09:30"), ("Date (Europe/London)", "2026-06-20 09:30"),
    ],
)  # fmt: skip
def test_a_zone_in_the_name_of_a_column_is_that_of_its_times(tmp_path: Path, column: str, cell: str):
    assert the_post(tmp_path, dated(**{column: cell})).created_at == datetime(2026, 6, 20, 8, 30, tzinfo=UTC)


def test_an_order_in_the_name_of_a_column_is_that_of_its_dates(tmp_path: Path):
    british = the_post(tmp_path, dated(**{"Date (dd/mm/yyyy)": "04/05/2026"}), zone="UTC")
    american = the_post(tmp_path, dated(**{"Date (MM/DD/YYYY)": "04/05/2026"}), zone="UTC")
    assert (british.created_at.month, american.created_at.month) == (5, 4)


def test_control_a_year_first_does_not_tell_how_a_spreadsheet_wrote_the_date_anew(tmp_path: Path):
    path = a_file(tmp_path, dated(**{"Date (YYYY-MM-DD)": "04/05/2026"}))
    question = inspect(path, {"zone": "UTC"}, LONDON, NOW).question
    assert question
    assert question.key == "dates"


def test_control_hours_and_weeks_in_the_name_of_a_column_are_no_zone(tmp_path: Path):
    for column in ("Sent (12-hour)", "Sent (week 1-7)", f"Sent {'(' * 20_000} UTC"):
        path = a_file(tmp_path, dated(**{column: "20/11/2026 9:30 am"}))
        question = inspect(path, {"created_at": column}, LONDON, NOW).question
        assert question
        assert question.key == "zone"


@pytest.mark.parametrize(
    "columns",
    [
        {"Date": "2026-11-20", "Hour": "9:30"}, {"Post date": "20/11/2026", "Post time": "9.30am"},
        {"Date": "2026-11-20 00:00:00", "Time": "09:30:00"}, {"Date": "20 Nov 2026", "Time of post": "9h30"},
        {"Date": "2026-11-20", "Time (UTC)": "09:30"}, {"Date": "2026-11-20 09:30", "Time": "2026-11-21"},
    ],
)  # fmt: skip
def test_a_time_in_a_column_of_its_own_is_that_of_the_day(tmp_path: Path, columns: dict[str, str]):
    assert the_post(tmp_path, dated(**columns), zone="UTC").created_at == AT


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({"Tweet id": TWEET, "Tweet permalink": f"https://twitter.com/ann/status/{TWEET}", "Tweet text": TEXT,
          "time": "2026-11-20 09:30 +0000", "impressions": "900.0", "likes": "12.0", "retweets": "3.0"},
         ("x", TWEET, "ann", 12, 900)),
        ({"Time": "2026-11-28", "Video title": TEXT, "Video link": "https://www.tiktok.com/@ann/video/7301",
          "Post time": "2026-11-20 09:30:00", "Total likes": "12", "Total views": "900"},
         ("tiktok", "https://www.tiktok.com/@ann/video/7301", "ann", 12, 900)),
        ({"cid": "b", "uri": "at://did:plc:ann/app.bsky.feed.post/3maaaaaaaaaaa", "user_did": "did:plc:ann",
          "timestamp_utc": "1795167000", "user_handle": "ann", "text": TEXT, "like_count": "12",
          "url": "https://bsky.app/profile/ann/post/3maaaaaaaaaaa"},
         ("bluesky", "at://did:plc:ann/app.bsky.feed.post/3maaaaaaaaaaa", "ann", 12, None)),
        ({"subreddit": "london", "created_utc": "1795167000", "id": "1abcde", "title": TEXT, "selftext": "",
          "permalink": "/r/london/comments/1abcde/lamps/", "score": "12", "author": "ann"},
         ("reddit", "t3_1abcde", "ann", 12, None)),
        ({"id": TWEET, "url": f"https://x.com/ann/status/{TWEET}", "text": TEXT, "likeCount": "12",
          "createdAt": "Fri Nov 20 09:30:00 +0000 2026", "author/userName": "ann", "viewCount": "900"},
         ("x", TWEET, "ann", 12, 900)),
        ({"Content": "dQw4w9WgXcQ", "Video title": TEXT, "Video publish time": "2026-11-20 09:30",
          "Views": "900"}, ("youtube", "dQw4w9WgXcQ", None, None, 900)),
    ],
    ids=["Twitter's analytics", "TikTok Studio", "minet", "a path for an address", "paths for names",
         "YouTube Studio"],
)  # fmt: skip
def test_a_table_of_another_program_is_taken_without_an_edit(tmp_path: Path, row, expected):
    post = the_post(tmp_path, row, zone="UTC")
    found = (post.platform, post.id, post.author.handle, post.metrics.likes, post.metrics.views)
    assert (found, post.created_at) == (expected, AT)


@pytest.mark.parametrize(
    "columns",
    ["From,To,Subject,Body,Date", "Sender,Recipient,Message,Date", "FROM,TO,DATE,CONTENT,FOLDER"],
)
def test_letters_are_refused_whole(tmp_path: Path, columns: str):
    path = a_file(tmp_path, dict.fromkeys(columns.split(","), "2026-11-20T09:30:00Z"))
    with pytest.raises(MonitorError, match="private messages, not of posts"):
        read(path, platform="x")


def test_captions_with_followers_are_posts_and_people_with_a_word_on_themselves_are_not(tmp_path: Path):
    captions = {
        "description": TEXT,
        "date": "2026-11-20T09:30:00Z",
        "followers_count": "310",
        "comments": "4",
    }
    post = the_post(tmp_path, captions, platform="instagram")
    assert (post.text, post.author.followers, post.metrics.replies) == (TEXT, 310, 4)
    people = {"username": "ann", "bio": "I am", "followers": "310", "following": "12", "joined": "2019-01-01"}
    with pytest.raises(MonitorError, match="accounts, not of posts"):
        read(a_file(tmp_path, people))


@pytest.mark.parametrize(
    "address",
    [f'=HYPERLINK("https://x.com/ann/status/{TWEET}";"open")', f"x.com/ann/status/{TWEET}",
     f"www.twitter.com/ann/status/{TWEET}"],
)  # fmt: skip
def test_an_address_is_one_without_its_scheme_and_in_a_formula(tmp_path: Path, address: str):
    post = the_post(tmp_path, {"link": address, "text": TEXT, "date": "2026-11-20T09:30:00Z"})
    assert (post.platform, post.id, post.author.handle) == ("x", TWEET, "ann")


def test_who_wrote_a_post_is_in_its_address_where_nothing_else_says(tmp_path: Path):
    row = {"link": f"https://x.com/ann/status/{TWEET}", "text": TEXT, "date": "2026-11-20T09:30:00Z"}
    assert the_post(tmp_path, {**row, "name": "Ann"}).author.handle is None
    for nobody in ("x.com/i", "twitter.com/i/web"):
        assert the_post(tmp_path, {**row, "link": f"https://{nobody}/status/{TWEET}"}).author.handle is None
    assert the_post(tmp_path, {**row, "author": "Ann Lee (@annlee)"}).author.handle == "annlee"


def test_a_row_of_totals_is_no_post_and_no_fault(tmp_path: Path):
    total = dict.fromkeys(ROW, "") | {"platform": "Total"}
    post, other = read(a_file(tmp_path, ROW, total), platform="facebook")
    assert isinstance(post, Post)
    assert isinstance(other, Other)
    assert "totals" in other.reason


def test_any_column_can_be_chosen_and_any_left_out(tmp_path: Path):
    path = a_file(tmp_path, {**ROW, "Thumbs": "12", "Where": "https://a.example/1", "views": "900"})
    look = inspect(path, {}, LONDON, NOW)
    assert look.unused == ("Thumbs", "Where")
    assert {("likes", "likes"), ("url", "its address")} < {*look.choices}
    answers = {"likes": "Thumbs", "url": "where", "views": ""}
    [post] = read(path, **answers)
    assert isinstance(post, Post)
    assert (post.metrics, post.url) == (Metrics(likes=12), "https://a.example/1")
    assert inspect(path, answers, LONDON, NOW).unused == ("views",)
    [post] = read(path, likes="views")  # what is taken for one thing is not taken for another
    assert isinstance(post, Post)
    assert post.metrics == Metrics(likes=900)


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ({"likes": "Thumb"}, "There is no column 'Thumb' here"),
        ({"hearts": "Thumbs"}, "A column can be platform, .* likes, .*, and not 'hearts'"),
    ],
)
def test_an_answer_that_names_no_column_or_nothing_it_could_be_is_refused(
    tmp_path: Path, answers: dict[str, str], words: str
):
    with pytest.raises(MonitorError, match=words):
        read(a_file(tmp_path, {**ROW, "Thumbs": "12"}), **answers)


@pytest.mark.parametrize("cell", ["<5", "99+", "~1,200", "#N/A", "n.a.", r"\N", "Not available"])
def test_a_number_that_nobody_knows_leaves_the_post(tmp_path: Path, cell: str):
    assert the_post(tmp_path, {**ROW, "likes": cell}).metrics == Metrics()


def test_control_a_share_is_no_number(tmp_path: Path):
    [item] = read(a_file(tmp_path, {**ROW, "likes": "3%"}))
    assert isinstance(item, Rejected)


def test_a_post_of_bluesky_is_one_by_its_uri_and_by_an_address_with_the_same_account(tmp_path: Path):
    row = {
        "text": TEXT,
        "date": "2026-11-20T09:30:00Z",
        "link": "https://bsky.app/profile/did:plc:ann/post/3maaaaaaaaaaa",
    }
    assert the_post(tmp_path, row).id == "at://did:plc:ann/app.bsky.feed.post/3maaaaaaaaaaa"


def test_of_two_choices_of_one_column_the_last_counts(tmp_path: Path):
    path = a_file(tmp_path, {**ROW, "Thumbs": "12"})
    for first, last in (("likes", "views"), ("views", "likes")):
        [post] = read(path, **{first: "Thumbs", last: "Thumbs"})
        assert isinstance(post, Post)
        assert post.metrics == Metrics(**{last: 12})


def test_the_column_of_platforms_can_be_chosen(tmp_path: Path):
    assert the_post(tmp_path, {**ROW, "platform": "", "Place": "Twitter"}, platform="Place").platform == "x"


def test_small_ids_that_follow_one_another_are_ids_all_the_same(tmp_path: Path):
    rows = [
        {**ROW, "id": str(n)} for n in range(5)
    ]  # the same words, at the same time, by nobody that it names
    for row in rows:
        del row["author"]
    assert [item.id for item in read(a_file(tmp_path, *rows)) if isinstance(item, Post)] == [*"01234"]


def test_of_two_columns_of_one_name_the_first_counts_and_the_second_can_be_chosen(tmp_path: Path):
    path = tmp_path / "posts.csv"
    path.write_text("Platform,Date,Likes,Text,likes,Text,,\nX,2026-11-20T09:30:00Z,5,Lamps,7,and locks,,\n")
    assert dict(inspect(path, {}, LONDON, NOW).columns)["Text (2)"] is None
    for answers, read_as in (
        ({}, ("Lamps", 5)),
        ({"text": "Text (2)", "likes": "likes (2)"}, ("and locks", 7)),
    ):
        [post] = read(path, **answers)
        assert isinstance(post, Post)
        assert (post.text, post.metrics.likes) == read_as


@pytest.mark.parametrize(
    "names",
    [
        (
            "Social media platform",
            "Date/time posted",
            "Text of the post",
            "Posted by (name)",
            "❤️ Likes",
            "RTs",
        ),
        (
            "Platform/site",
            "When was it posted?",
            "Tweet/Post",
            "@handle",
            "How many likes?",
            "🔁 Shares/reposts",
        ),
        (
            "Which platform?",
            "Date and time (UK)",
            "What did they say?",
            "Who said it?",
            "Likes & reactions",
            "Nr. of shares",
        ),
    ],
)
def test_columns_are_known_by_questions_pictures_and_two_names_of_one_thing(tmp_path: Path, names):
    cells = ("Tik Tok", "20/11/2026 09:30 GMT", TEXT, "ann", "5", "2")
    post = the_post(tmp_path, dict(zip(names, cells, strict=True)))
    assert (post.platform, post.created_at, post.text, post.author.handle) == ("tiktok", AT, TEXT, "ann")
    assert post.metrics == Metrics(likes=5, reposts=2)


def test_a_column_of_two_things_is_neither(tmp_path: Path):
    row = {**ROW, "Likes/shares": "9", "Comments and clicks": "8"}
    assert the_post(tmp_path, row).metrics == Metrics()


@pytest.mark.parametrize(
    ("word", "platform"),
    [
        ("FB", "facebook"), ("Insta", "instagram"), ("IG", "instagram"), ("Face book", "facebook"),
        ("You Tube", "youtube"), ("tiktok.com", "tiktok"), ("facebook.com/groups/x", "facebook.com/groups/x"),
    ],
)  # fmt: skip
def test_a_platform_is_known_by_what_people_call_it(tmp_path: Path, word: str, platform: str):
    assert the_post(tmp_path, {**ROW, "platform": word}).platform == platform
