"""The tone, checked: what samples that people read say of it, and the page on which a sample is read."""
