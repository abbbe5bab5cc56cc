"""The ground floor: what the program talks about, its errors, its clock, and pure functions on text."""
