"""What is in a file that somebody brings: its letters, rows and cells, whatever they mean."""
