"""Posts as other programs write them into files: which forms are understood, and how each is read."""

UNDERSTOOD = (
    "Understood are: twarc JSONL of X, Zeeschuimer's or 4CAT's NDJSON of TikTok, Instagram, Threads and X,"
    " Mastodon statuses, Bluesky posts and Jetstream events as JSON or JSONL, and tables (CSV or Excel) with"
    " a column for what each post says and one for when, as most programs write them."
)
