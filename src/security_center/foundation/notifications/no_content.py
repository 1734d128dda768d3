"""What a message may carry: a path of the staff program, a report's number, a dispatch number, minutes.
Nothing that anybody wrote."""

from __future__ import annotations

import re
from collections.abc import Mapping

EXTRA = frozenset({"number", "dispatch", "minutes"})
_VALUE = re.compile(r"[A-Za-z0-9 ()+.,#*\-]{0,40}\Z")
_PATH = re.compile(r"(/[A-Za-z0-9._~:?=&%+\-]*)*\Z")


class ContentInMessage(ValueError):
    """The message would carry more than "you have a duty"."""


def checked_extra(extra: Mapping[str, object] | None) -> dict[str, str]:
    """`extra` as text, without what is None. Raises ContentInMessage."""
    values = {key: str(value) for key, value in (extra or {}).items() if value is not None}
    if not set(values) <= EXTRA or not all(_VALUE.match(value) for value in values.values()):
        raise ContentInMessage("extra")
    return values


def checked_path(path: str) -> str:
    """Raises ContentInMessage unless `path` is empty or a path of the staff program ("//host" would lead to
    an address elsewhere)."""
    if not _PATH.match(path) or path.startswith("//") or len(path) > 200:
        raise ContentInMessage("path")
    return path


def plain(text: str) -> str:
    """`text` cut down to what `extra` may hold: a dispatch number typed in an odd way must not stop the alert
    that carries it."""
    return "".join(letter for letter in text if _VALUE.match(letter))[:40]
