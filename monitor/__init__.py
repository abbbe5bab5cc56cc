"""A campaign monitor: collect public posts, keep them in SQLite, show what changed."""

__version__ = "0.3.0.dev0"
