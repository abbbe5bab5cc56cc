"""Files of posts that people bring: what each is, what is asked of it, and how it is taken in."""
