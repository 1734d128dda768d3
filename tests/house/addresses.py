"""Every address of both programs, read from the URL tables; from the rooms' own tables who may reach it, and
one thing of each kind to put into it.

A room's table is tests/<room>/addresses.py:

    STAFF = {name: Row(…)}      the addresses of the staff program that name somebody's right
    OPEN, ONES_OWN, PUBLIC      names: for anybody; of the person alone, tested in the room; of the public
                                program
    NOT_COUNTED, NOT_LOOKED_AT  names: no page whose queries are counted; no page to look at in a browser
    ASK = {namespace: (…)}      who asks there, the first that is admitted: whoever sees the most
    made(things)                makes one of everything by acts; returns (whatever other rooms need of it,
                                address → its arguments); "room:" stands for all addresses of that namespace
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.conf import settings
from django.urls import URLResolver, get_resolver
from tests.house.tables import gathered, module_of, rooms_with
from tests.reporting.acts import Valley

Kwargs = dict[str, Any]

EVERYBODY = {"rosa", "ben", "dana", "sam", "tess", "nia", "ivy", "omar", "aud", "ada"}
DESK = {"rosa", "ben", "dana", "sam", "tess", "nia", "ivy"}
OVERSEES = {"dana", "tess", "ivy", "omar", "aud", "ada"}
NOBODY: set[str] = set()


@dataclass(frozen=True)
class Row:
    """method: how the address is asked.
    admitted: who of the district gets in (an administrator's access session is open at the school).
    own: the address names no thing of a tenant, so that a stranger meets their own district there.
    of_district: it names a thing of the district, which each of its schools reads."""

    method: str
    admitted: set[str] = field(hash=False)
    own: bool = False
    of_district: bool = False


def addresses(
    resolver: URLResolver, namespace: str = "", above: tuple[str, ...] = ()
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """(name, names of its arguments) of every address."""
    for pattern in resolver.url_patterns:
        arguments = (
            *above,
            *(pattern.pattern.converters or getattr(pattern.pattern.regex, "groupindex", ())),
        )
        if isinstance(pattern, URLResolver):
            yield from addresses(
                pattern, f"{pattern.namespace}:" if pattern.namespace else namespace, arguments
            )
        else:
            yield f"{namespace}{pattern.name}", arguments


def public_names() -> dict[str, tuple[str, ...]]:
    return dict(addresses(get_resolver(settings.PUBLIC_URLCONF)))


def staff_names() -> dict[str, tuple[str, ...]]:
    return dict(addresses(get_resolver(settings.STAFF_URLCONF)))


@cache
def table(name: str) -> dict[str, Any]:
    return gathered("addresses", name)


def room_of(address: str) -> str:
    """The folder of tests whose table names the address. "public …" is one of the public program."""
    name, public = address.removeprefix("public "), address.startswith("public ")
    lists = ("PUBLIC",) if public else ("STAFF", "OPEN", "ONES_OWN")
    tables = {room: module_of(room, "addresses") for room in rooms_with("addresses")}
    return next(
        room for room, found in tables.items() if any(name in getattr(found, one, ()) for one in lists)
    )


def who_asks(name: str) -> str:
    """Somebody who sees the most there."""
    order = table("ASK").get(name.split(":")[0], ("ada", "ivy", "omar", "rosa", "aud", "dana"))
    return str(next(who for who in order if who in table("STAFF")[name].admitted))


def staff_pages() -> list[str]:
    return [
        name
        for name, row in table("STAFF").items()
        if row.method == "get" and name not in table("NOT_COUNTED")
    ]


class Things:
    """One of everything, made by acts, and the arguments that an address needs for it."""

    def __init__(self, valley: Valley) -> None:
        self.cast, self.valley = valley.cast, valley
        # What a page has to be sent to do anything.
        self.sent: dict[str, dict[str, str]] = {}
        self._by_name: dict[str, Kwargs] = {}
        self._made: dict[str, Any] = {}
        for room in rooms_with("addresses"):
            self.of(room)
        valley.stack.close()

    def of(self, room: str) -> Any:
        """What the room's `made` gives to other rooms."""
        if room not in self._made:
            make = getattr(module_of(room, "addresses"), "made", None)
            self.valley.set_clock(self.valley.at)
            self._made[room], named = make(self) if make else (None, {})
            self._by_name |= named
        return self._made[room]

    def arguments(self, name: str, wanted: tuple[str, ...]) -> Kwargs:
        known = {
            "slug": self.cast.school_a.slug,
            **self._by_name.get(f"{name.split(':')[0]}:", {}),
            **self._by_name.get(name, {}),
        }
        return {key: known[key] for key in wanted if key in known}
