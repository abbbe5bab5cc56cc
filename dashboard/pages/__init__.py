"""One module a page, and `words`, which says numbers and times in plain English."""
