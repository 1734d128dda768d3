"""The address of a PostgreSQL database, as people write it into a setting or behind an option."""

from __future__ import annotations

from urllib.parse import SplitResult, urlsplit

SHAPE = (
    "must look like postgresql://user:password@host:5432/name; in a password write / as %2F, @ as %40, "
    "# as %23, ? as %3F, % as %25"
)


class NoDatabaseAddress(Exception):
    """The message says what it must look like and holds nothing of what was given, which has a password in
    it."""


def parsed(url: str) -> SplitResult:
    """Raises NoDatabaseAddress."""
    try:
        found = urlsplit(url)
        port = found.port  # asking is what raises
    except ValueError:
        raise NoDatabaseAddress(SHAPE) from None
    if (
        found.scheme not in {"postgres", "postgresql"}
        or not found.path.strip("/")
        or "/" in found.path.strip("/")
        or found.fragment
        or port == 0
    ):
        raise NoDatabaseAddress(SHAPE)
    return found
