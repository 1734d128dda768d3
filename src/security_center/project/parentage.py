"""A program of ours must not outlive the one that started it: an orphaned server worker would go on answering
on the port with old code and an old session secret, and the next `up` could not have the port. So the kernel
is asked to kill a child the moment its parent is gone, `kill -9` included."""

from __future__ import annotations

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def die_with(parent: int) -> None:
    """Ends this process when process `parent`, which must be the one that forked it, ends in whatever way.

    The kernel ties the wish to two threads: the caller's (call it from the main thread) and the thread of the
    parent that forked (our supervisor and the server both fork from their main thread)."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:  # it was gone before the wish was heard
        os._exit(0)


def die_with_the_one_named_in(variable: str) -> None:
    """As `die_with`, for the parent whose process id the environment variable holds; does nothing when a
    person started this program by hand."""
    parent = os.environ.pop(variable, "")
    if parent.isdigit():
        die_with(int(parent))
