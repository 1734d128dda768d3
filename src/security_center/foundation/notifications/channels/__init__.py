"""The ways that an alert leaves by. Each is a folder beside this file, and lying here makes it one
(docs/recipes/add-an-alert-channel.md):

settings.py      read: what it needs of the environment, as settings of Django; it loads no Django
transport.py     LABEL, is_configured, address_of, connection, send
confirmation.py  path_of: the page on which a person proves that a test alert reached them
bounce.py        NOT_TAKEN, code_of, lasting, faults: what keeps a message from leaving
"""

from __future__ import annotations

import pkgutil
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn, Protocol

# The column of deliveries says so since the first day.
EMAIL = "email"


class Given(Protocol):
    """What reads the environment (project/given.py)."""

    def text(self, name: str, default: str = "") -> str: ...
    def truth(self, name: str, default: bool = False) -> bool: ...
    def whole(self, name: str, default: int, low: int, high: int) -> int: ...
    def stop(self, sentence: str) -> NoReturn: ...


@dataclass(frozen=True)
class Channel:
    """One folder. Its doors are loaded when asked for: the settings are read before Django is there."""

    name: str

    def _door(self, door: str) -> Any:
        return import_module(f"{__name__}.{self.name}.{door}")

    @property
    def settings(self) -> Any:
        return self._door("settings")

    @property
    def transport(self) -> Any:
        return self._door("transport")

    @property
    def confirmation(self) -> Any:
        return self._door("confirmation")

    @property
    def bounce(self) -> Any:
        return self._door("bounce")


def known() -> list[Channel]:
    """E-mail first, then by name."""
    names = [module.name for module in pkgutil.iter_modules(__path__) if module.ispkg]
    return [Channel(name) for name in sorted(names, key=lambda name: (name != EMAIL, name))]


def configured() -> list[Channel]:
    """Those that this installation has what they need for."""
    return [channel for channel in known() if channel.transport.is_configured()]


def get(name: str) -> Channel | None:
    """None for one whose folder is gone."""
    return next((channel for channel in known() if channel.name == name), None)


def settings_of_all(given: Given, *, demo: bool, data: Path) -> Iterator[tuple[str, Any]]:
    for channel in known():
        yield from channel.settings.read(given, demo=demo, data=data).items()
