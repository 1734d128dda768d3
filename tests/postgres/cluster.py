"""A throw-away PostgreSQL cluster: made in a temporary folder, reached by a socket in it, gone with the
process that started it."""

from __future__ import annotations

import ctypes
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from urllib.parse import quote

OWNER = "owner"
# A cluster that is thrown away need not survive a loss of power.
HASTE = (
    *(
        "fsync=off",
        "synchronous_commit=off",
        "full_page_writes=off",
        "wal_level=minimal",
        "max_wal_senders=0",
    ),
    *("jit=off", "autovacuum=off", "shared_buffers=64MB", "max_connections=120", "listen_addresses="),
)


class NoPostgreSQL(Exception):
    """PostgreSQL's server programs are not on this machine."""


def programs() -> Path:
    """The folder of initdb, postgres, pg_dump. Debian keeps them off the PATH."""
    from security_center.project.test_run import find_postgresql

    given = os.environ.get("SSC_TEST_POSTGRESQL")
    found = Path(given) if given else find_postgresql()
    if found is None:
        raise NoPostgreSQL("The tests need PostgreSQL; install with: apt-get install postgresql")
    return found


class Cluster:
    """One running cluster. `stop` ends it and removes all of it; the kernel ends it when the process that
    started it is killed."""

    def __init__(self, begun_with: Path | None) -> None:
        """`begun_with`: the data of a cluster that was ended (tests/prepared.py); without it an empty one is
        made."""
        self._programs = programs()
        self._user = self._unprivileged_user()
        # Not below pytest's own folders: a socket's path may be no longer than 107 bytes, and another user
        # must be able to reach it.
        self.folder = Path(tempfile.mkdtemp(prefix="ssc-pg-", dir="/tmp"))
        if self._user:
            shutil.chown(self.folder, self._user)
        if begun_with:
            # `cp`, which keeps whose the files are
            subprocess.run(["cp", "-a", begun_with, self.folder / "data"], check=True)
        else:
            self._initialise()
        self._server = subprocess.Popen(
            [
                self._programs / "postgres",
                *("-D", self.folder / "data", "-k", self.folder),
                *(word for setting in HASTE for word in ("-c", setting)),
            ],
            preexec_fn=_end_with_parent,
            stdout=subprocess.DEVNULL,
            stderr=(self.folder / "log").open("ab"),
            **self._as_user(),
        )
        self._wait()

    def url(self, database: str, user: str = OWNER) -> str:
        return f"postgresql://{user}@/{database}?host={quote(str(self.folder), safe='')}"

    def create(self, database: str, like: str = "template1") -> str:
        """Make a database, empty or a copy of the one named; returns its DATABASE_URL."""
        self.psql("postgres", f'CREATE DATABASE "{database}" TEMPLATE "{like}" STRATEGY FILE_COPY')
        return self.url(database)

    def psql(self, database: str, statement: str, user: str = OWNER) -> str:
        """Run SQL as `user`; returns the rows, columns separated by "|". Raises RuntimeError with what the
        database said."""
        words = [
            "-X",
            "-q",
            "-A",
            "-t",
            "-v",
            "ON_ERROR_STOP=1",
            "-h",
            str(self.folder),
            "-U",
            user,
            "-d",
            database,
            "-c",
            statement,
        ]
        ended = subprocess.run([self._programs / "psql", *words], capture_output=True, text=True, check=False)
        if ended.returncode != 0:
            raise RuntimeError(ended.stderr.strip())
        return ended.stdout.strip()

    def stop(self) -> None:
        self.end()
        shutil.rmtree(self.folder, ignore_errors=True)

    def end(self) -> None:
        """Ends the server; what it wrote stays until `stop`."""
        # PostgreSQL's "fast" stop: it ends the connections that are left
        self._server.send_signal(signal.SIGINT)
        try:
            self._server.wait(20)
        except subprocess.TimeoutExpired:
            self._server.kill()
            self._server.wait()

    def _unprivileged_user(self) -> str:
        """PostgreSQL refuses to run as root; "" where this process is somebody else already."""
        if os.geteuid() != 0:
            return ""
        known = {entry.pw_name for entry in pwd.getpwall()}
        return "postgres" if "postgres" in known else "nobody"

    def _as_user(self) -> dict[str, object]:
        if not self._user:
            return {}
        entry = pwd.getpwnam(self._user)
        return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": [], "cwd": "/"}

    def _initialise(self) -> None:
        words = [
            "-D",
            self.folder / "data",
            "-U",
            OWNER,
            "--auth=trust",
            "--no-sync",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
        ]
        ended = subprocess.run(
            [self._programs / "initdb", *words],
            capture_output=True,
            text=True,
            check=False,
            **self._as_user(),
        )  # type: ignore[call-overload]
        if ended.returncode != 0:
            raise RuntimeError(ended.stderr.strip() or ended.stdout.strip())

    def _wait(self) -> None:
        end = time.monotonic() + 60
        while (
            subprocess.run([self._programs / "pg_isready", "-q", "-h", self.folder], check=False).returncode
            != 0
        ):
            if self._server.poll() is not None or time.monotonic() > end:
                raise RuntimeError((self.folder / "log").read_text(encoding="utf-8", errors="replace"))
            time.sleep(0.05)


def _end_with_parent() -> None:
    """Runs in the server before it starts. SIGINT, so that its own children end too."""
    ctypes.CDLL(None).prctl(1, signal.SIGINT, 0, 0, 0)
