"""`python -m security_center.project.server`: one of the two web programs (SSC_PROGRAM says which) behind
granian. Started by the supervisor, or by a service manager that gives each program its own system user.

Addresses of visitors are written nowhere: the access log stays off, and of its own lines only errors are
kept."""

from __future__ import annotations

import ctypes
import gc
import os
import resource
import sys
from typing import Any

from . import addresses, given, parentage

# Connections at once: beyond them new ones wait. Each that says nothing ends after HEADERS seconds, each body
# has limits of its own (arrival.py).
CONNECTIONS = 8192
HEADERS = 15
LONGEST_HEADERS = 64 * 1024  # bytes
M_MMAP_THRESHOLD, LARGE_PIECE = -3, 256 * 1024  # of malloc.h; bytes


def rest_the_collector() -> None:
    """What was loaded stays: the collector need not look at it again and again while requests come and go."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


def warm_up() -> None:
    """The public program's: answers that are remembered for a second, and the phrases compiled now, not for
    the first reporter."""
    from security_center.prevention import raising, recent

    recent.remember_for(1.0)
    raising.urgency_from_words([""])


def load_application(_target: str) -> Any:
    """Runs in the server's worker process. After `kill -9` of the server's main process such a worker went on
    answering on the port (tried)."""
    parentage.die_with_the_one_named_in("SSC_SERVER_PROCESS")
    from django.conf import settings

    from security_center.project import database_server
    from security_center.project.reception import Reception
    from security_center.project.wsgi import application

    # The public program connects as a role of its own, which the preparation of a start does not.
    if refused := database_server.refusal(
        settings.DATABASE_URL, f"DATABASE_URL of the {os.environ['SSC_PROGRAM']} program"
    ):
        raise SystemExit(f"ssc: {refused}")
    if os.environ["SSC_PROGRAM"] == "public":
        warm_up()
    rest_the_collector()
    # Beside threads that search or draw megabytes, a report waited up to four turns for each of its own: ten
    # times as long as with short ones.
    sys.setswitchinterval(0.001)
    give_memory_back()
    # What waits there lies on this machine's own disk, also where several machines share the sealed files.
    return Reception(application, os.environ["SSC_PROGRAM"], settings.SSC_DATA / "files")


def give_memory_back() -> None:
    """Of what a large page took, the C library would keep most for later, once for each thread: a hundred
    megabytes more while many come at once. With a bound that is said, and not learned, large pieces go back
    at once."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)  # not every C library has it
    if mallopt is not None:
        mallopt(M_MMAP_THRESHOLD, LARGE_PIECE)


def allow_connections() -> None:
    """Each takes a file descriptor, of which a process may often open no more than 1024 unless it asks."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 2 * CONNECTIONS + 1024  # a long body has a file besides
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(
            resource.RLIMIT_NOFILE, (wanted if hard == resource.RLIM_INFINITY else min(wanted, hard), hard)
        )


def main() -> None:
    parentage.die_with_the_one_named_in("SSC_SUPERVISOR_PROCESS")
    os.environ["SSC_SERVER_PROCESS"] = str(os.getpid())
    program = os.environ.get("SSC_PROGRAM", "")
    if program not in {"public", "staff"}:
        raise SystemExit(f"ssc: SSC_PROGRAM is “{program}”, but a server is one of public and staff.")
    allow_connections()
    from granian.constants import HTTPModes, Interfaces
    from granian.http import HTTP1Settings
    from granian.log import LogLevels
    from granian.server import Server

    Server(
        "security_center.project.reception:Reception",
        address=addresses.bind(given.text("SSC_BIND", "127.0.0.1")),
        port=given.whole("SSC_PORT", 8000, 1, 65535)
        if program == "public"
        else given.whole("SSC_STAFF_PORT", 8001, 1, 65535),
        interface=Interfaces.RSGI,
        workers=given.whole("SSC_WEB_PROCESSES", 1, 1, 64),
        backpressure=CONNECTIONS,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=HEADERS * 1000, max_buffer_size=LONGEST_HEADERS),
        websockets=False,
        log_level=LogLevels.error,
        log_access=False,
        workers_kill_timeout=4,
    ).serve(target_loader=load_application)


if __name__ == "__main__":
    main()
