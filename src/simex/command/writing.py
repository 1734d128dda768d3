"""Where a command writes: tried before anything is computed, told when it is done."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

from simex.files import try_to_write, write_whole

from . import BadInput


def make_ready(*files: Path) -> None:
    """Makes the folders of files that will be written, and tries each. Raises `BadInput`, so that nobody
    waits for what cannot be kept."""
    for file in files:
        try:
            try_to_write(file)
        except OSError as error:
            raise BadInput(f"{file} cannot be written: {error.strerror}.") from None


def write_beside(folder: Path, contents: Mapping[str, str]) -> None:
    """Writes texts by their files' names into one folder. Raises `BadInput`."""
    try:
        for name, text in contents.items():
            write_whole(folder / name, text.encode())
    except OSError as error:
        raise BadInput(f"{folder} cannot be written: {error.strerror}.") from None


def tell_written(*files: Path) -> None:
    sys.stdout.write(f"Written: {', '.join(map(str, files))}\n")
