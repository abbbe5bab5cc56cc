"""Processes to kill: each is forked from one that has the program in memory, so that it starts at once."""

import multiprocessing

PROCESSES = multiprocessing.get_context("forkserver")
# There is one server for all, and it loads only what is named before it starts.
PROCESSES.set_forkserver_preload(
    ["tests.mail.killed_sender", "tests.mail.week_decider", "tests.chaos.hurried"]
)
