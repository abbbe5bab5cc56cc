"""The numbers of a report, one module each."""
