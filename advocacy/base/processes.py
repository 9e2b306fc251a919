"""What a process of ours asks of the kernel: to be ended when its parent is killed, and to be listed by its name."""

from __future__ import annotations

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG, _PR_SET_NAME = 1, 15


def end_with(parent: int) -> bool:
    """Lets this process be told to end (SIGTERM) when its parent dies, however it dies. Only Linux can.

    Args:
        parent: the number of the process that made this one.

    Returns:
        Whether the parent is still there; else this process should end by itself.
    """
    if sys.platform != "linux":
        return True
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    return os.getppid() == parent  # it may have died before the kernel knew whose child this is


def be_called(name: str) -> None:
    """Names this process for whoever lists processes: 15 letters at most are shown. Only on Linux."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_NAME, name.encode())
