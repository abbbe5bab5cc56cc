"""What each number means: shown on the methods page, printed with each report, told in docs/numbers.md.

A change of meaning is a new version, never an edit: the archive remembers since when a version counts.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """One number: what it is, how it is counted, and what it cannot say."""

    title: str
    version: int
    what: str
    formula: str
    limits: str


DEFINITIONS: dict[str, Definition] = {
    "posts": Definition(
        title="Posts",
        version=1,
        what="Different public posts that match the track and were written in these days.",
        formula="Each post counts once, on its day in the campaign's time zone. Passing a post on does not"
        " make a new post; it counts as a repost of the first.",
        limits="Only what the platforms show to the public while we were collecting. Time that was not"
        " collected is shaded and counts as unknown, not as zero.",
    ),
    "people": Definition(
        title="People posting",
        version=1,
        what="Different accounts that wrote these posts.",
        formula="Each account counts once, however often it posts; each platform is counted by itself.",
        limits="One person with accounts on two platforms counts twice. An account may be an organisation."
        " Entries made by hand without a name count as one person for each place.",
    ),
    "engagement": Definition(
        title="Engagement",
        version=1,
        what="Likes, reposts, quotes and replies of these posts.",
        formula="The four added up, as last read. A number that a platform does not say adds nothing.",
        limits="Known for the posts named beside it. Recent posts are still gathering; some platforms,"
        " such as Bluesky's stream and news feeds, say no numbers at all.",
    ),
    "views": Definition(
        title="Counted views",
        version=1,
        what="How often these posts were shown, where the platform counts that.",
        formula="The view counts of the platforms that give them, added up, as last read.",
        limits="Each platform counts a view in its own way, and one person may view a post many times."
        " Known for the posts named beside it.",
    ),
    "ceiling": Definition(
        title="Audience ceiling",
        version=1,
        what="The most followers that could have seen the posts.",
        formula="The followers of each account, once, as they were at its last post in these days.",
        limits="An upper bound, not people reached: most followers do not see a given post, and one person"
        " may follow many of these accounts. Known for the accounts named beside it.",
    ),
    "seen": Definition(
        title="Likely seen",
        version=1,
        what="A range of how many of the ceiling are likely to have seen a post.",
        formula="Views for each follower, from this campaign's own posts on the same platform by accounts"
        " of like size: the 10th to the 90th percentile, applied to the ceiling, and never above it. Where"
        " fewer than 30 such posts are known: 1% to 20% of the ceiling.",
        limits="An estimate. Views by people who do not follow the account are in it, and accounts whose"
        " followers are not known are not.",
    ),
    "tone": Definition(
        title="Tone",
        version=2,  # from 2 on, the words of the subject are left out, and only texts in English are scored
        what="How the posts sound: positive, neutral, negative or unclear.",
        formula="Each post's tone as a person has set it, else as the program scored it: by the analyzer"
        " named in the campaign file, which leaves out the words of the subject, such as 'stabbing', unless"
        " it is TextBlob's own. Posts in other languages than English are not scored. Net tone is the share"
        " of positive posts less the share of negative ones, among the posts that have a tone.",
        limits="Uncalibrated unless a person has read a random sample of the week: then the net tone of that"
        " week is told with a range that holds the truth 19 times in 20. Tone is not support: a post"
        " in favour of the campaign may well sound angry.",
    ),
    "change": Definition(
        title="Change",
        version=1,
        what="The same number in the days just before, and in a usual week.",
        formula="Only times of which the same platforms were collected, for nine tenths of the time or"
        " more, are compared. A day that is not over is left out, with its like in the days before. A"
        " usual week is the median of such weeks among the 8 before, of which at least 4 are needed,"
        " with their 10th to 90th percentile as the usual range. Words such as 'rose' and 'fell' are used"
        " only outside that range.",
        limits="A week that was not collected well enough is left out. A change says nothing of its cause.",
    ),
    "share": Definition(
        title="Share",
        version=1,
        what="A track's part of the posts of all tracks.",
        formula="The track's posts divided by the posts of every track added up.",
        limits="A post that belongs to two tracks counts in both.",
    ),
}

VERSIONS = {name: definition.version for name, definition in DEFINITIONS.items()}
