"""The weekly mail: what changed, why, and what to do, read in a minute."""
