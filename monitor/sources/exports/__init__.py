"""Posts as other programs write them into files: which forms are understood, and how each is read."""

UNDERSTOOD = (
    "Understood are: JSON of X (twarc, snscrape), Zeeschuimer, 4CAT, Mastodon, Bluesky, Reddit and YouTube"
    " (yt-dlp, too); the archives that X, Mastodon and Meta give of an account, as they come; and tables"
    " (CSV or Excel) with a column for what each post says and one for when."
)
NOT_PUBLIC = "Not everybody may see this on its platform. Only public posts are kept."
