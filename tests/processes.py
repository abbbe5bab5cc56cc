"""Processes to kill: each is forked from one that has the program in memory, so that it starts at once."""

import multiprocessing

PROCESSES = multiprocessing.get_context("forkserver")
# There is one server for all, and it loads only what is named before it starts.
_PRELOADED = (
    "archive.opener",
    "archive.outside_reader",
    "archive.rebuilder",
    "chaos.hurried",
    "chaos.importer",
    "dying",
    "mail.killed_sender",
    "mail.week_decider",
)
PROCESSES.set_forkserver_preload([f"tests.{name}" for name in _PRELOADED])
