"""The weekly mail: what is news, and what to do, read in a minute."""
