"""The texts of a case, one after the other, each with whom it is about. Pages, packets, exports and the
summary read a case through this list.

A text is a *part*: one or several sealed columns of one row that belong together. What nobody has tagged has
a suggestion at most, from the kind of its source, and is never shown to anybody outside. A table that this
module does not know is listed too, untagged: it is held back, not forgotten."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from security_center.foundation.organizations.models import Person
from security_center.foundation.vault.columns import shown
from security_center.foundation.vault.records import OpenRecord
from security_center.threat_assessment.case_tables import has_own_record, sealed_columns, tables
from security_center.threat_assessment.models import Case, SourceFile
from security_center.threat_assessment.record_texts import KINDS, WRITERS, TextKind, key_of, unknown

from .. import content_loader as content
from ..models import Amendment, BreakGlass, EarlyEnd, Inspection, Segment

# What is about the record itself, not about anybody in it.
OF_THE_RECORD = frozenset({BreakGlass, Segment, Inspection, Amendment, EarlyEnd})


@dataclass(frozen=True)
class Line:
    label: str
    text: str


@dataclass(frozen=True)
class Part:
    """`about` is "" until a person has tagged it; `suggested` is what its source suggests. `compartment`: law
    enforcement's own (threat-assessment.md 10.5). `protected`: said by somebody whose own words would show
    who they are; a family sees a wording of it at most."""

    name: str
    kind: str
    section: str
    group: str
    heading: str
    lines: list[Line]
    at: datetime | None
    by: str
    of: str
    suggested: str
    compartment: bool
    protected: bool
    segment: Segment | None = None
    wording: str = ""
    facts: str = ""
    file: SourceFile | None = None

    @property
    def about(self) -> str:
        return self.segment.about if self.segment is not None else ""

    @property
    def withheld(self) -> str:
        return self.segment.withheld if self.segment is not None else ""

    @property
    def subject(self) -> Any:
        """Whom it is about, in words; "" while nobody has tagged it."""
        return (
            content.segment_subjects()[self.about].label if self.about in content.segment_subjects() else ""
        )

    @property
    def shared(self) -> bool:
        """Whether whoever asks to see the student's own part may see it: tagged by a person, about that
        student alone, not withheld."""
        subject = content.segment_subjects().get(self.about)
        if subject is None or not subject.shared or self.withheld or self.compartment:
            return False
        return bool(self.wording) or not self.protected

    @property
    def as_read(self) -> tuple[object, ...]:
        """What this text and its tag were when somebody read them: two readings are the same when these
        are."""
        tag = bytes(self.segment.wording or b"") if self.segment is not None else b""
        return (
            self.name,
            self.of,
            self.about,
            self.withheld,
            tag,
            self.compartment,
            self.protected,
            self.group,
        )

    @property
    def outward_heading(self) -> str:
        return _("What somebody said") if self.protected else self.heading

    @property
    def outward(self) -> list[Line]:
        """The lines as somebody outside reads them: the wording that was written for them, where there is
        one."""
        return [Line("", self.wording)] if self.wording else self.lines


def parts_of(person: Person, case: Case, opened: OpenRecord) -> list[Part]:
    """Every text that this person may read, in the order of the case. The caller has recorded the look."""
    tags = {one.part: one for one in Segment.objects.filter(case=case).select_related("tagged_by")}
    found: list[Part] = []
    for model, rows in _rows(person, case):
        kind = KINDS.get(key_of(model), unknown(model, sealed_columns(model)))
        for row in rows:
            found += _parts(opened, kind, row, tags)
    order = list(SECTIONS)
    return sorted(found, key=lambda part: order.index(part.section))


def _rows(person: Person, case: Case) -> Iterable[tuple[type[models.Model], Iterable[Any]]]:
    yield Case, [case]
    for model, way in tables().items():
        if model in OF_THE_RECORD or not sealed_columns(model) or has_own_record(model):
            # Under a record of its own: what law enforcement gave, what was handed on. No packet and no
            # export takes it along
            continue
        kind = KINDS.get(key_of(model))
        if kind is not None and kind.seen is not None:
            yield model, kind.seen(person, case)
            continue
        rows = model._default_manager.filter(**{way: case}).order_by("pk")
        related = {*(kind.related if kind is not None else ()), *_who_wrote(model)}
        yield model, rows.select_related(*sorted(related)) if related else rows


def _who_wrote(model: type[models.Model]) -> set[str]:
    """The columns that name who wrote a row: read with it, or each row of a table that nobody has described
    would ask for its own."""
    return {field.name for field in model._meta.local_fields if field.name in WRITERS and field.is_relation}


def _parts(opened: OpenRecord, kind: TextKind, row: Any, tags: dict[str, Segment]) -> Iterable[Part]:
    for unit, columns in kind.units.items():
        sealed = [bytes(getattr(row, column) or b"") for column in columns]
        lines = [
            Line(str(kind.label(column)), text)
            for column in columns
            if (text := shown(opened, row, column).strip())
        ]
        if not lines:
            continue
        name = f"{kind.key}.{row.uuid}.{unit}"
        of = hashlib.sha256(b"\0".join(sealed)).hexdigest()
        tag = tags.get(name)
        if tag is not None and tag.of != of:
            tag = None  # the text was changed since somebody looked at it
        yield Part(
            name=name,
            kind=kind.key,
            section=kind.section,
            group=kind.group(row, unit),
            heading=str(kind.heading(row, unit)),
            lines=lines,
            at=kind.at(row),
            by=kind.by(row),
            of=of,
            suggested=kind.suggested(row),
            compartment=kind.compartment(row),
            protected=kind.protected(row),
            segment=tag,
            wording=shown(opened, tag, "wording") if tag is not None else "",
            facts=kind.facts(row),
            file=kind.file(row),
        )


def _section(label: Callable[[], str]) -> Callable[[], str]:
    return label


SECTIONS: dict[str, Callable[[], str]] = {
    "concern": _section(lambda: _("The concern")),
    "screening": _section(lambda: _("Screening")),
    "police": _section(lambda: _("Danger and law enforcement")),
    "sources": _section(lambda: _("Sources")),
    "interviews": _section(lambda: _("Interviews")),
    "findings": _section(lambda: _("What was found under the thirteen themes")),
    "judgement": _section(lambda: _("Judgement")),
    "notices": _section(lambda: _("Notices")),
    "plan": _section(lambda: _("Plan")),
    "reviews": _section(lambda: _("Reviews")),
    "closing": _section(lambda: _("How it moved and closed")),
    "told": _section(lambda: _("Who was told outside")),
    "more": _section(lambda: _("More")),
}


def sections(parts: Iterable[Part]) -> list[tuple[str, str, list[Part]]]:
    """(key, label, parts) of those sections that hold something."""
    held = list(parts)
    grouped = [
        (key, label(), [part for part in held if part.section == key]) for key, label in SECTIONS.items()
    ]
    return [one for one in grouped if one[2]]
