"""What it takes to read a row of some table as texts of a case; each room describes the tables that it adds
to one."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _lazy

from security_center.foundation.organizations.models import Person

from .models import Case, SourceFile

Words = str | Promise

LABELS: dict[str, Words] = {
    "concern": _lazy("The concern"),
    "subject_facts": _lazy("About the student"),
    "note": _lazy("Note"),
    "shows": _lazy("What it shows"),
    "name": _lazy("Name"),
    "place": _lazy("Where"),
    "quotes": _lazy("Exact words"),
    "notes": _lazy("In the interviewer’s words"),
    "reason": _lazy("Reason"),
    "agency": _lazy("Agency"),
    "officer": _lazy("Officer"),
    "incident_number": _lazy("Incident number"),
    "facts_for": _lazy("Facts for"),
    "facts_against": _lazy("Facts against"),
    "unknowns": _lazy("What is not known"),
    "would_change": _lazy("What would change the view"),
    "text": _lazy("In words"),
    "goal": _lazy("What the plan is to reach"),
    "raises_concern": _lazy("What would raise the concern"),
    "lowers_concern": _lazy("What would lower it"),
    "out_of_hours": _lazy("Outside school hours"),
    "what": _lazy("What is done"),
    "evidence": _lazy("What shows it"),
    "answer": _lazy("What was answered"),
    "outcome": _lazy("What came of it"),
    "relied_on": _lazy("What was relied on"),
    "contact": _lazy("How contact is kept"),
    "looked_again": _lazy("What the team sees in it"),
    "called_when": _lazy("When it was called"),
    "reference": _lazy("Reference number"),
    "who": _lazy("Who said so"),
}


def label_of(column: str) -> Words:
    return LABELS.get(column, column.replace("_", " ").capitalize())


def nothing(_row: Any) -> str:
    return ""


def none(_row: Any) -> None:
    return None


def never(_row: Any) -> bool:
    return False


def always(_row: Any) -> bool:
    return True


def moment(*names: str) -> Callable[[Any], datetime | None]:
    def at(row: Any) -> datetime | None:
        return next((value for name in names if (value := getattr(row, name, None)) is not None), None)

    return at


def name_of(*names: str) -> Callable[[Any], str]:
    def by(row: Any) -> str:
        return next((person.name for name in names if (person := getattr(row, name, None)) is not None), "")

    return by


WRITERS = ("by", "added_by", "opened_by")
_AT, _BY = moment("at"), name_of("by")


@dataclass(frozen=True)
class TextKind:
    """`units`: the columns of a row that are one text. `seen`: the rows that a person sees, where not every
    member sees each."""

    key: str
    section: str
    units: dict[str, tuple[str, ...]]
    heading: Callable[[Any, str], Words]
    group: Callable[[Any, str], str]
    at: Callable[[Any], datetime | None] = _AT
    by: Callable[[Any], str] = _BY
    suggested: Callable[[Any], str] = nothing
    compartment: Callable[[Any], bool] = never
    protected: Callable[[Any], bool] = never
    label: Callable[[str], Words] = label_of
    facts: Callable[[Any], str] = (
        nothing  # what the row says in codes, for the papers of the team and of whom it tells
    )
    file: Callable[[Any], SourceFile | None] = none
    related: tuple[str, ...] = ()
    seen: Callable[[Person, Case], Iterable[Any]] | None = field(default=None)


def key_of(model: type[models.Model]) -> str:
    """What the stored tags of the model's texts begin with: its name, or the one it had when it was new."""
    return getattr(model, "text_kind", model._meta.model_name or "")


def unknown(model: type[models.Model], columns: tuple[str, ...]) -> TextKind:
    """A table that nobody has described yet: one text a row, in no group, suggested to be about nobody."""
    title = str(model._meta.verbose_name).capitalize()
    key = key_of(model)
    when, who = moment("at", "added_at", "raised_at", "opened_at", "received_at"), name_of(*WRITERS)
    return TextKind(
        key, "more", {"text": columns}, lambda row, unit: title, lambda row, unit: "", at=when, by=who
    )


def of_group(group: str) -> Callable[[Any, str], str]:
    return lambda row, unit: group


def single(*columns: str) -> dict[str, tuple[str, ...]]:
    return {column: (column,) for column in columns}


KINDS: dict[str, TextKind] = {}  # by key_of(model)


def register(*kinds: TextKind) -> None:
    KINDS.update({kind.key: kind for kind in kinds})
