"""Posts as other programs write them into files: which forms are understood, and how each is read."""

UNDERSTOOD = (
    "These can be read: JSON from X (twarc, snscrape), Zeeschuimer, 4CAT, Mastodon, Bluesky, Reddit and"
    " YouTube (including yt-dlp); account archives from X, Mastodon and Meta, as downloaded; and tables"
    " (CSV or Excel) with a column for the text of each post and one for its date."
)
NOT_PUBLIC = "Not everyone can see this on its platform. Only public posts are kept."
