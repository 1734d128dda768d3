"""Files of people's: read within a bound, written whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from pathlib import Path

PART = ".part"


class TooLarge(OSError):
    """The file is larger than the bound; `bound` in bytes."""

    def __init__(self, path: Path, bound: int) -> None:
        size = f"{bound // 1024**2:,} MB" if bound >= 1024**2 else f"{bound:,} bytes"
        super().__init__(errno.EFBIG, f"it is larger than {size}", str(path))
        self.bound = bound


def read_ordinary(path: Path | str, most_bytes: int) -> bytes:
    """A file's bytes. Raises OSError: `TooLarge`, or where it is missing or no ordinary file (a pipe or a
    device may never end)."""
    place = _ordinary(Path(path))
    with place.open("rb") as file:
        content = file.read(most_bytes + 1)
    if len(content) > most_bytes:
        raise TooLarge(place, most_bytes)
    return content


def write_whole(path: Path | str, content: bytes) -> None:
    """Writes a file so that it is there as a whole or not at all, also after a power cut. Raises OSError,
    which names this file and no other."""
    place = Path(path)
    part = place.with_name(f".{place.name}.{os.getpid()}{PART}")
    try:
        if place.exists():
            _ordinary(place)  # a device would be replaced by a file
        with part.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(place)
    except OSError as error:
        _away(part)
        raise OSError(error.errno, error.strerror or str(error), str(place)) from None
    except BaseException:
        _away(part)
        raise


def try_to_write(path: Path | str) -> None:
    """Makes the folder of a file and tries to begin one there, which is taken away again. Raises OSError as
    `write_whole` would."""
    place = Path(path)
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        if place.exists():
            _ordinary(place)
        part = place.with_name(f".{place.name}.{os.getpid()}{PART}")
        part.touch()
        part.unlink()
    except FileExistsError:
        raise OSError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(place)) from None


def ordinary_size(path: Path | str) -> int:
    """Bytes of an ordinary file. Raises OSError where it is none."""
    return _ordinary(Path(path)).stat().st_size


def _ordinary(place: Path) -> Path:
    try:
        mode = place.stat().st_mode
    except ValueError:
        raise OSError(errno.EINVAL, "no file can have this name", str(place)) from None
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, "it is a folder", str(place))
    if not stat.S_ISREG(mode):
        raise OSError(errno.EINVAL, "it is no ordinary file, but a pipe or a device", str(place))
    return place


def _away(part: Path) -> None:
    # A folder that is not there or may not be written to holds no part either
    with contextlib.suppress(OSError):
        part.unlink(missing_ok=True)
