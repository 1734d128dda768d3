"""The kinds of message there are. A message carries no content: its subject and line are fixed sentences of
its kind."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise

# All that a sentence may be completed with. None of them is ever a text from a report.
PLACEHOLDERS = frozenset({"organization", "number", "dispatch", "minutes"})
_PLACEHOLDER = re.compile(r"%\((\w+)\)s")


class UnknownKind(LookupError):
    """No room has registered this kind of message."""


class UnknownPlaceholder(ValueError):
    """The sentence asks for something that a message does not carry."""


@dataclass(frozen=True)
class MessageKind:
    """name: "reporting.acknowledge". subject, line: lazy translations; may use %(organization)s, %(number)s,
    %(dispatch)s, %(minutes)s.

    about: for things without a number of their own, what tells several in one list apart: a fixed word for
    each `thing`, never a typed text."""

    name: str
    subject: str | Promise
    line: str | Promise
    about: Callable[[Sequence[str]], dict[str, str]] | None = None


_kinds: dict[str, MessageKind] = {}


def register(kind: MessageKind) -> MessageKind:
    """Make `kind` known. Called in a room's AppConfig.ready(); a second registration of the same name
    replaces the first."""
    _kinds[kind.name] = kind
    return kind


def get(name: str) -> MessageKind:
    try:
        return _kinds[name]
    except KeyError:
        raise UnknownKind(name) from None


def is_known(name: str) -> bool:
    return name in _kinds


def names() -> list[str]:
    return sorted(_kinds)


def completed(sentence: str | Promise, values: dict[str, str]) -> str:
    """`sentence` in the active language, with its placeholders filled (absent ones by nothing)."""
    text = str(sentence)
    asked = set(_PLACEHOLDER.findall(text))
    if not asked <= PLACEHOLDERS:
        raise UnknownPlaceholder(", ".join(sorted(asked - PLACEHOLDERS)))
    return _PLACEHOLDER.sub(lambda found: values.get(found[1], ""), text)
