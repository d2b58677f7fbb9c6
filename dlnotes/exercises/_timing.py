"""Calls a function that may never return."""

import ctypes
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any


class TookTooLong(Exception):
    """A function did not return in time."""


class _Stop(BaseException):
    """Ends the thread of a function that took too long; not an Exception, which the function might catch."""


def within(seconds: float, function: Callable[[Any], Any], arguments: Iterable) -> Iterator[Any]:
    """The function's results, one after the other, which may take so many seconds together; what it raises is raised.

    The function runs in a thread, so that it can be left alone and this works on every system.
    """
    deadline = time.monotonic() + seconds
    for argument in arguments:
        outcome: dict[str, Any] = {}

        def call(argument=argument, outcome=outcome):
            try:
                outcome["result"] = function(argument)
            except BaseException as error:
                outcome["error"] = error

        thread = threading.Thread(target=call, daemon=True)
        thread.start()
        thread.join(max(deadline - time.monotonic(), 0))
        if thread.is_alive():
            ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread.ident), ctypes.py_object(_Stop))
            raise TookTooLong
        if "error" in outcome:
            raise outcome["error"]
        yield outcome["result"]
