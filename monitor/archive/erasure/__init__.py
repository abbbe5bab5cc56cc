"""What is forgotten of posts and people: what was deleted where it came from, and what is too old."""
