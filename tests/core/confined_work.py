"""What a confined process is made to try."""

import json
import os
import subprocess
import sys

from monitor.core.errors import MonitorError
from monitor.core.files import confined


def refuse():
    raise MonitorError("Not this one.")


def work(data, act, limited=True):
    return {
        "length": lambda: len(data),
        "refuse": refuse,
        "memory": lambda: len(bytearray(600 << 20)),
        "write": lambda: write(data),
        "process": lambda: subprocess.run(["true"], check=True).returncode,
        "exit": lambda: sys.exit(3),
        "environment": lambda: dict(os.environ),
    }[act]()


def write(data):
    with open(data, "w") as file:
        return file.write("x")


if __name__ == "__main__":
    if not json.loads(sys.argv[1]).get("limited", True):
        confined._LIMITS, confined._STARTS = {}, ("nothing",)
    confined.serve(work)
