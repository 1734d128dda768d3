"""The kinds of things that the special paths of a case are made of: days out of school, self-harm, child
protection (see content_kinds)."""

from __future__ import annotations

from msgspec import field

from security_center.foundation.content_reader import Entry, Text
from security_center.prevention.doctrine.kinds import Sourced


class Trigger(Sourced):
    """`prompts` and `screening`: whose answer “yes” calls the team; `holds_from_class`: back to class goes by
    a decision; `threshold`: the row of the plan's threshold that the answer meets, so that somebody decides
    whether the police are told."""

    key: str
    label: Text
    sentence: Text
    prompts: tuple[str, ...] = ()
    screening: tuple[str, ...] = ()
    holds_from_class: bool = False
    threshold: str = ""


class Search(Sourced):
    key: str
    label: Text
    clear: bool = False


class OutsideReviewKind(Sourced):
    """`by`: principal or district; `after`: the review that has to agree first."""

    key: str
    label: Text
    sentence: Text
    by: str
    school_days: int
    tier: str = ""
    after: str = ""
    not_on_team: bool = False


class PathAnswer(Entry):
    """`record`: agency, time and number are written down; `held`: only while a parent is suspected;
    `unless_pressed`: where words started it."""

    label: Text
    record: bool = False
    held: bool = False
    unless_pressed: bool = False


class PathStepKind(Entry):
    """Due in `minutes`, on the same school day, or after `school_days`; it stands `before` managing or
    closed."""

    label: Text
    sentence: Text
    before: str
    answers: dict[str, PathAnswer]
    minutes: int | None = None
    same_school_day: bool = False
    school_days: int = 0


class Path(Sourced):
    """`personal`: each person who knows has the duty themselves."""

    key: str
    label: Text
    meaning: Text
    steps: dict[str, PathStepKind]
    calls: tuple[str, ...] = ()
    personal: bool = False
    screening: tuple[str, ...] = ()
    prompts: tuple[str, ...] = ()
    conclusions: tuple[str, ...] = ()
    words: tuple[str, ...] = ()


class YearStart(Sourced):
    month: int
    day: int


class Number(Sourced):
    number: int


class RemovalKind(Sourced):
    """`placement`: it changes the placement by itself. `look_again`: the team looks again, since sending
    somebody away ends no concern."""

    key: str
    label: Text
    meaning: Text
    counts: bool = False
    placement: bool = False
    look_again: bool = False


class Ground(Sourced):
    key: str
    label: Text


class PlacementAnswer(Entry):
    """`unprotected_only`: not for a student who has an IEP or a 504 plan."""

    label: Text
    meaning: Text
    unprotected_only: bool = False


class PlacementQuestionKind(Sourced):
    key: str
    label: Text
    sentence: Text
    school_days: int
    answers: dict[str, PlacementAnswer] = field(default_factory=dict)
