"""How whoever acts, and what they act on, is named where no name may stand: in the ledger, in duties, in
logs."""

from __future__ import annotations

from typing import Protocol


class Named(Protocol):
    """Somebody, as `person:12`."""

    @property
    def ledger_name(self) -> str: ...


class Thing(Protocol):
    """Something that is acted on, as `case:7F3K2M`."""

    @property
    def thing(self) -> str: ...


# A string is the name itself: "reporter", "worker". None: no person acted.
type Actor = Named | str | None
type About = Thing | str


def ledger_name(actor: Actor) -> str:
    if actor is None:
        return "system"
    return actor if isinstance(actor, str) else actor.ledger_name


def thing_of(about: About) -> str:
    return about if isinstance(about, str) else about.thing
