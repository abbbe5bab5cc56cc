"""`python -m monitor`, where the command itself is not installed."""

from monitor.cli import main

main()
