"""What people without an account may see: links to one page or chart, made and ended by the office."""
