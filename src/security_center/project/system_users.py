"""The system users that the programs run as, and what each may reach of the data folder."""

from __future__ import annotations

import grp
import os
import pwd
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path

# What the public program's user reaches of the data folder: the modes of its folders and of its files.
SHARED = {"files": (0o2770, 0o660), "static": (0o2750, 0o640), "locale": (0o2750, 0o640)}


class CannotMakeUser(Exception):
    """The message is a sentence for the person at the terminal."""


@dataclass(frozen=True)
class Users:
    """Names of the two system users and of the group in which they share sealed files."""

    staff: str = "ssc"
    public: str = "ssc-public"
    files: str = "ssc-files"


def make_users(users: Users, *, own_users: bool) -> None:
    for name in [users.staff, *([users.public] if own_users else [])]:
        _make(["groupadd", "--system", users.files], lambda: grp.getgrnam(users.files))
        _make(
            [
                "useradd",
                "--system",
                "--no-create-home",
                "--shell",
                "/usr/sbin/nologin",
                "-G",
                users.files,
                name,
            ],
            lambda name=name: pwd.getpwnam(name),
        )


def _make(command: list[str], there: object) -> None:
    try:
        there()  # type: ignore[operator]
    except KeyError:
        if subprocess.run(command, check=False).returncode != 0:  # noqa: S603
            raise CannotMakeUser(f"this did not work: {' '.join(command)}") from None


def make_folders(data: Path, backups: Path, users: Users, *, own_users: bool) -> None:
    """The data folder belongs to the staff user. The public one passes through it to the sealed files and
    sees nothing else of what is written."""
    staff = pwd.getpwnam(users.staff)
    shared = grp.getgrnam(users.files).gr_gid if own_users else staff.pw_gid
    for folder, mode in (
        (data, 0o2750 if own_users else 0o700),
        (data / "files", 0o2770 if own_users else 0o700),
        (backups, 0o700),
    ):
        folder.mkdir(parents=True, exist_ok=True)
        os.chown(folder, staff.pw_uid, shared if folder != backups else staff.pw_gid)
        folder.chmod(mode)
    if own_users:
        lock = data / "backup.lock"
        lock.touch()
        os.chown(lock, staff.pw_uid, shared)
        lock.chmod(0o660)
    _hand_over(data, staff.pw_uid, shared if own_users else None)


def _hand_over(data: Path, owner: int, shared: int | None) -> None:
    """What a command of root's left there, and what was made while one user ran everything: the staff user
    gets it, the group what it needs of it.

    By open files and never through a link: who has taken the public program over must not have root give away
    another file, such as the key."""
    for place, _folders, names, here in os.fwalk(data):
        needs = SHARED.get("".join(Path(place).relative_to(data).parts[:1])) if shared is not None else None
        for name in (".", *names):
            try:
                handle = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=here)
            except OSError:  # a link, or gone meanwhile
                continue
            state = os.fstat(handle)
            if stat.S_ISDIR(state.st_mode) or (stat.S_ISREG(state.st_mode) and state.st_nlink == 1):
                os.fchown(handle, owner, shared if needs and shared is not None else -1)
                if needs:
                    os.fchmod(handle, needs[0] if stat.S_ISDIR(state.st_mode) else needs[1])
            os.close(handle)


def shut_to_the_group(data: Path, shared: int) -> list[Path]:
    """What the public program's user cannot reach though it needs it: with these its pages, or the whole
    program, fail."""
    places = {data: 0o050, **{data / name: folder & 0o070 for name, (folder, _file) in SHARED.items()}}
    there = [(place, mode, place.stat()) for place, mode in places.items() if place.exists()]
    return [place for place, mode, state in there if state.st_gid != shared or state.st_mode & mode != mode]


def reachable_by_others(folder: Path) -> bool:
    return all(step.stat().st_mode & 0o005 == 0o005 for step in (folder, *folder.parents))
