"""The data folder: everything that is kept lies in it, it belongs to one system user, and one `up` at a time
uses it."""

from __future__ import annotations

import fcntl
import os
import pwd
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

LOCK_FILE = "in-use.lock"


class DataFolderUnusable(Exception):
    """The folder cannot hold the data. The message is a sentence for the person at the terminal."""


class DataFolderInUse(Exception):
    """Another process holds the folder. The message is a sentence for the person at the terminal."""


def not_ones_own(place: Path) -> str:
    """The sentence for whoever may not reach it: whose it is, as far as they may look."""
    for step in (place, *place.parents):
        try:
            owner = step.owner()
        except (OSError, KeyError):
            continue
        return (
            f"{place} cannot be reached by this user; {step} belongs to {owner}. Give this command as "
            f"root or as {owner}."
        )
    return f"{place} cannot be reached by this user. Give this command as root."


def unusable(folder: Path, *, write: bool) -> str:
    """Why a program of this user cannot work in `folder`, or "". Makes it when it is absent."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except FileExistsError:
        return f"the data folder {folder} is a file. Give a folder with SSC_DATA or --data."
    except OSError as error:
        return (
            f"the data folder {folder} can be neither reached nor made ({error.strerror}). Is SSC_DATA, "
            "or --data, the right one?"
        )
    if os.access(folder, os.X_OK | (os.W_OK if write else 0)):
        return ""
    owner, me = _name(folder.stat().st_uid), _name(os.geteuid())
    if owner == me:
        return (
            f"the data folder {folder} cannot be used by {me}, whom it belongs to. Open it again: chmod "
            f"u+rwx {folder}"
        )
    return (
        f"{folder} belongs to {owner}, not to {me}. Run ./ssc install with the same words as the "
        "first time, which gives it back, "
        f"or start this as {owner}."
    )


def _name(user: int) -> str:
    try:
        return pwd.getpwuid(user).pw_name
    except KeyError:
        return f"user {user}"


def make(folder: Path) -> None:
    """Makes `folder` when it is absent and sees that only its owner can look inside.

    Raises DataFolderUnusable.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if folder.stat().st_mode & 0o077:
            folder.chmod(0o700)
        probe = folder / f".probe-{os.getpid()}"
        probe.touch(mode=0o600)
        probe.unlink()
    except FileExistsError:
        raise DataFolderUnusable(f"{folder} is a file, not a folder. Give a folder with --data.") from None
    except OSError as error:
        raise DataFolderUnusable(
            f"the data folder {folder} cannot be written to ({error.strerror}). Give another with "
            "--data, or change its owner."
        ) from error


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Holds `folder` for this process. The kernel lets go of it when the process ends in whatever way, so no
    stale lock is ever left.

    Raises DataFolderInUse, DataFolderUnusable.
    """
    try:
        descriptor = os.open(folder / LOCK_FILE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise DataFolderUnusable(
            f"the data folder {folder} cannot be written to ({error.strerror}). Give another with "
            "--data, or change its owner."
        ) from error
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.pread(descriptor, 40, 0).decode("ascii", "replace").strip()
            named = f" (process {holder})" if holder else ""
            raise DataFolderInUse(
                f"the data folder {folder} is already in use by another start{named}. Stop that one "
                "first, or give another folder with --data."
            ) from None
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode("ascii"), 0)
        yield
    finally:
        os.close(descriptor)
