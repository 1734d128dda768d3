"""A throw-away PostgreSQL for a measurement: durable as it comes, reached by a socket, ended and removed
afterwards."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

from security_center.project.test_run import find_postgresql


@contextlib.contextmanager
def running() -> Iterator[str]:
    """The DATABASE_URL of an empty database."""
    programs = find_postgresql()
    if programs is None:
        raise RuntimeError("This measurement needs PostgreSQL; install with: apt-get install postgresql")
    # Not below .build: a socket's path is short, and PostgreSQL, which refuses to run as root, must reach it.
    folder = Path(tempfile.mkdtemp(prefix="ssc-bench-", dir="/tmp"))
    owner: dict[str, Any] = {}
    if os.geteuid() == 0:
        entry = pwd.getpwnam(
            "postgres" if "postgres" in {one.pw_name for one in pwd.getpwall()} else "nobody"
        )
        owner = {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": [], "cwd": "/"}
        shutil.chown(folder, entry.pw_name)
    made = ["-D", str(folder / "data"), "-U", "owner", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8"]
    subprocess.run([programs / "initdb", *made], check=True, stdout=subprocess.DEVNULL, **owner)  # noqa: S603
    server = subprocess.Popen(  # noqa: S603
        [programs / "postgres", "-D", folder / "data", "-k", folder, "-c", "listen_addresses="],
        stdout=subprocess.DEVNULL,
        stderr=(folder / "log").open("ab"),
        **owner,
    )
    try:
        until = time.monotonic() + 60
        while subprocess.run([programs / "pg_isready", "-q", "-h", folder], check=False).returncode != 0:  # noqa: S603
            if server.poll() is not None or time.monotonic() > until:
                raise RuntimeError((folder / "log").read_text(encoding="utf-8", errors="replace"))
            time.sleep(0.1)
        subprocess.run([programs / "createdb", "-h", folder, "-U", "owner", "bench"], check=True)  # noqa: S603
        yield f"postgresql://owner@/bench?host={quote(str(folder), safe='')}"
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(20)
        shutil.rmtree(folder, ignore_errors=True)
