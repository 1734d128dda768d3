"""The public program works on one request at a time.

Python runs one thread of a process at a time. Threads that hold the database's turn and wait for the
interpreter make all others wait with them: under a surge, requests that are worked on side by side take
longer together than one after another. What drips in slowly (a body, a file) is read side by side as before.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from io import BytesIO
from typing import Any

from .heads import is_length

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
SMALL = 64 * 1024  # bytes; a body with more than text goes its own way
PATIENCE = (
    2.0  # seconds; where one takes longer than that (a database that waits), those behind it go on beside it
)


def one_at_a_time(application: Application) -> Application:
    """The application, called by one thread at a time as long as that keeps up."""
    alone = threading.Lock()

    def called(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        length = environ.get("CONTENT_LENGTH") or "0"
        if not is_length(length) or int(length) > SMALL:
            return application(environ, start_response)
        if int(length):
            environ["wsgi.input"] = BytesIO(environ["wsgi.input"].read(int(length)))
        ours = alone.acquire(timeout=PATIENCE)
        try:
            return application(environ, start_response)
        finally:
            if ours:
                alone.release()

    return called
