"""What the programs print, kept under <data>/logs. A log that grew for ever would fill the disk, and one that
held a visitor's address would break the promise of anonymity (reporting.md 8): so files rotate, and an
address that some library printed is struck out before."""

from __future__ import annotations

import ipaddress
import logging
import re
import sys
from contextlib import suppress
from logging.handlers import RotatingFileHandler
from pathlib import Path

LARGEST_BYTES = 2_000_000
KEPT_FILES = 5
LONGEST_LINE = 4_000

_MAYBE_ADDRESS = re.compile(
    r"(?<![\w.])(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7}(?:\.\d{1,3}){0,3})(?![\w])"
)


def without_addresses(line: str) -> str:
    """`line` with each IPv4 and IPv6 address replaced. Our own listening addresses (loopback, any) tell
    nothing of a visitor and stay."""

    def struck(match: re.Match[str]) -> str:
        try:
            address = ipaddress.ip_address(match[0])
        except ValueError:
            return match[0]  # a time of day, a version number, a digest
        return match[0] if address.is_loopback or address.is_unspecified else "[address]"

    return _MAYBE_ADDRESS.sub(struck, line)


class _File(RotatingFileHandler):
    """A full disk must stop no program: it is told in one line, once until a line is stored again, instead of
    a page of traceback for each."""

    fails = False

    def emit(self, record: logging.LogRecord) -> None:
        failed, self.fails = self.fails, False
        super().emit(record)
        if self.fails and not failed:
            with suppress(OSError):  # the terminal is gone as well
                print(
                    f"ssc: lines of {Path(self.baseFilename).name} cannot be stored, and are only shown here",
                    file=sys.stderr,
                    flush=True,
                )

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - its name in `logging`
        self.fails = True


class Logbook:
    """One program's log file."""

    def __init__(self, folder: Path, name: str) -> None:
        folder.mkdir(mode=0o700, exist_ok=True)
        self._handler = _File(
            folder / f"{name}.log",
            maxBytes=LARGEST_BYTES,
            backupCount=KEPT_FILES,
            encoding="utf-8",
            delay=True,
        )
        self._rest = b""

    def take(self, chunk: bytes) -> list[str]:
        """Writes the complete lines of what the program printed so far, and returns them."""
        *lines, self._rest = (self._rest + chunk).split(b"\n")
        if len(self._rest) > LONGEST_LINE:
            lines, self._rest = [*lines, self._rest], b""
        cleaned = [
            without_addresses(line[:LONGEST_LINE].decode("utf-8", "replace").rstrip("\r")) for line in lines
        ]
        for line in cleaned:
            self.write(line)
        return cleaned

    def write(self, line: str) -> None:
        self._handler.handle(logging.LogRecord("ssc", logging.INFO, "", 0, "%s", (line,), None))

    def close(self) -> None:
        if self._rest:
            self.take(b"\n")
        with suppress(OSError):
            self._handler.close()
