"""The experiments of the board, a module each: `EXPERIMENT` is what it runs."""
