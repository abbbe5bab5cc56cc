"""What people did beside posting, as a report has it."""
