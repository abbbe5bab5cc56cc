"""Posts as other programs write them into files: which forms are understood, and how each is read."""

UNDERSTOOD = (
    "Understood are: twarc JSONL of X, Zeeschuimer's or 4CAT's NDJSON of TikTok, Instagram, Threads and X,"
    " Mastodon statuses, Bluesky posts and Jetstream events as JSON or JSONL, and CSV with the columns"
    " platform, id, url, author, text, created_at, or as 4CAT writes it."
)
