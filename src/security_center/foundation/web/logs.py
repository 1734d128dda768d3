"""One line a log record, with nothing in it that a reporter typed or that says where they were.

What may reach a log: a time, a level, the logger, the program, and a message made of ids and codes. What must
not: network addresses, user agents, query strings, e-mail addresses, and the message of an exception
(`ValueError: invalid literal: …` quotes its input). An attacker who reads the logs would otherwise read the
reports. (reporting.md 8.3.)"""

from __future__ import annotations

import json
import logging
import os
import re
from datetime import UTC, datetime
from pathlib import Path
from traceback import extract_tb

from django.conf import settings

LONGEST_MESSAGE = 500
_PACKAGE_FOLDER = Path(__file__).resolve().parents[3]

# IPv6: eight groups, or a form shortened by "::". Times such as 12:30:05 are neither.
_GROUP = r"[0-9a-fA-F]{1,4}"
_IPV6 = rf"(?:{_GROUP}:){{7}}{_GROUP}|(?:(?:{_GROUP}:){{1,6}}|:)(?::{_GROUP}){{1,7}}|(?:{_GROUP}:){{1,7}}:"

_REDACTIONS: tuple[tuple[re.Pattern[str], str], ...] = (
    # A user agent up to the quote or the end of the line: the products in it are many and free in form.
    (re.compile(r"\b(?:Mozilla|Opera|Dalvik|okhttp|curl|Wget|python-requests)/[^\"'\r\n]*"), "[agent]"),
    (re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"), "[mail]"),
    (re.compile(r"\?[^\s\"'<>]+"), "?[query]"),
    # The last part of a one-time address lets in whoever has it: "Forbidden: /invitation/…" would leave a
    # link that still works in the log.
    (re.compile(r"(/(?:invitation|alerts/test|password/reset/key)/)[^\s/\"'<>]+"), r"\1[token]"),
    (re.compile(r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?::\d+)?(?![\w.])"), "[address]"),
    (re.compile(rf"(?<![\w:])\[?(?:{_IPV6})(?:%\w+)?\]?(?![\w:])"), "[address]"),
)


def redacted(message: str) -> str:
    """`message` on one line, without addresses, agents, query strings and mail addresses, at most 500
    characters long."""
    for pattern, replacement in _REDACTIONS:
        message = pattern.sub(replacement, message)
    line = "".join(character if character.isprintable() else " " for character in message)
    return line if len(line) <= LONGEST_MESSAGE else f"{line[:LONGEST_MESSAGE]}…"


def described(error: BaseException | None) -> str:
    """The classes of `error` and its causes, each with the places in the code it passed: `ValueError at
    a.py:10 f < b.py:3 g`.

    Neither messages nor local values: both may hold what a reporter typed.
    """
    parts: list[str] = []
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        frames = extract_tb(error.__traceback__)
        places = " < ".join(
            f"{_short(frame.filename)}:{frame.lineno} {frame.name}" for frame in reversed(frames[-12:])
        )
        name = f"{type(error).__module__}.{type(error).__qualname__}".removeprefix("builtins.")
        parts.append(f"{name} at {places or 'unknown place'}")
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return " | caused by ".join(parts)


def _short(filename: str) -> str:
    path = Path(filename)
    if path.is_relative_to(_PACKAGE_FOLDER):
        return path.relative_to(_PACKAGE_FOLDER).as_posix()
    parts = path.parts
    # From the package's own folder on: where the interpreter lies on this machine is nobody's business.
    start = parts.index("site-packages") + 1 if "site-packages" in parts else max(len(parts) - 2, 0)
    return "/".join(parts[start:])


class LineFormatter(logging.Formatter):
    """Formats a record as `2026-11-24T10:55:19Z WARNING staff django.request Not Found: /desk/`. Never
    raises."""

    def format(self, record: logging.LogRecord) -> str:
        parts = _parts(record)
        line = " ".join(parts[name] for name in ("time", "level", "program", "logger", "message"))
        return f"{line} error={parts['error']}" if "error" in parts else line


class JsonFormatter(logging.Formatter):
    """The same as one JSON object a line, for whoever collects logs (SSC_LOG_FORMAT=json)."""

    def format(self, record: logging.LogRecord) -> str:
        return json.dumps(_parts(record), ensure_ascii=False)


def _parts(record: logging.LogRecord) -> dict[str, str]:
    parts = {
        "time": datetime.fromtimestamp(record.created, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "level": record.levelname,
        "program": getattr(settings, "SSC_PROGRAM", "?")
        if settings.configured
        else os.environ.get("SSC_PROGRAM", "?"),
        "logger": record.name,
        "message": redacted(_message(record)),
    }
    if record.exc_info and record.exc_info[1] is not None:
        parts["error"] = described(record.exc_info[1])
    return parts


def _message(record: logging.LogRecord) -> str:
    if record.name.startswith("django.db.backends"):
        return "[statement]"  # its parameters are what people typed
    if isinstance(record.msg, BaseException):
        return type(record.msg).__qualname__
    try:
        return _filled(str(record.msg), record.args)
    except (TypeError, ValueError, KeyError):
        return "[message could not be formatted]"


def _filled(message: str, arguments: object) -> str:
    if not arguments:
        return message
    if isinstance(arguments, dict):
        return message % {key: _without_message(value) for key, value in arguments.items()}
    if isinstance(arguments, tuple):
        return message % tuple(_without_message(value) for value in arguments)
    return message % (_without_message(arguments),)


def _without_message(value: object) -> object:
    """An exception given as an argument would be printed with its message: its class stands in for it."""
    return type(value).__qualname__ if isinstance(value, BaseException) else value
