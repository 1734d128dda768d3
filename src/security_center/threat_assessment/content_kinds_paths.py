"""The kinds of things that the special paths of a case are made of: days out of school, self-harm, child protection (see content_kinds)."""

from __future__ import annotations

from dataclasses import dataclass, field

from security_center.prevention.content_reader import Text
from security_center.prevention.doctrine.kinds import Sourced


@dataclass(frozen=True, slots=True)
class Trigger(Sourced):
    """`prompts` and `screening`: whose answer “yes” calls the team; `holds_from_class`: back to class goes by a decision."""

    key: str
    label: Text
    sentence: Text
    prompts: tuple[str, ...] = ()
    screening: tuple[str, ...] = ()
    holds_from_class: bool = False


@dataclass(frozen=True, slots=True)
class Search(Sourced):
    key: str
    label: Text
    clear: bool = False


@dataclass(frozen=True, slots=True)
class YearStart(Sourced):
    month: int
    day: int


@dataclass(frozen=True, slots=True)
class Number(Sourced):
    number: int


@dataclass(frozen=True, slots=True)
class RemovalKind(Sourced):
    """`placement`: it changes the placement by itself. `look_again`: the team looks again, since sending somebody away ends no concern."""

    key: str
    label: Text
    meaning: Text
    counts: bool = False
    placement: bool = False
    look_again: bool = False


@dataclass(frozen=True, slots=True)
class Ground(Sourced):
    key: str
    label: Text


@dataclass(frozen=True, slots=True)
class PlacementAnswer:
    """`unprotected_only`: not for a student who has an IEP or a 504 plan."""

    label: Text
    meaning: Text
    unprotected_only: bool = False


@dataclass(frozen=True, slots=True)
class PlacementQuestionKind(Sourced):
    key: str
    label: Text
    sentence: Text
    school_days: int
    answers: dict[str, PlacementAnswer] = field(default_factory=dict)
