"""Runs programs, each in a fork of an interpreter that has loaded the libraries and nothing of dlnotes.

Started as a script by dlnotes/book/fresh.py. Each line that comes in is three paths: a folder with program.py, and the
files for what it prints and for its errors; the line that goes out is its exit status. Loading torch takes longer than
nearly all programs of the book run.
"""

import os
import runpy
import signal
import sys
import traceback

import matplotlib.pyplot
import numpy
import torch

SECONDS_ALLOWED = 120
LIBRARIES = (matplotlib.pyplot, numpy, torch)


def run(folder: str, output: str, errors: str) -> int:
    """Run a program as `__main__`, and return its exit status."""
    signal.alarm(SECONDS_ALLOWED)
    for number, path in ((0, os.devnull), (1, output), (2, errors)):
        os.dup2(os.open(path, os.O_RDWR | os.O_CREAT), number)
    os.chdir(folder)
    sys.argv = ["program.py"]
    try:
        runpy.run_path("program.py", run_name="__main__")
        return 0
    except BaseException:
        traceback.print_exc()
        return 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()


if __name__ == "__main__":
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            os._exit(run(*line.rstrip("\n").split("\t")))
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
