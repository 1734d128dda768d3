"""One student, opened, for whoever works on a case about them. What opens a student here is called by an
action that records the look."""

from __future__ import annotations

from dataclasses import dataclass

from security_center.foundation.vault.columns import shown_all

from .. import households, sealing
from ..models import Facts, Student
from .look_ups import IDENTITY, Identity, Match, identities_of, look_alikes_of


@dataclass(frozen=True)
class Supports:
    """What special education the student is entitled to; None when nobody said."""

    iep: bool | None
    section_504: bool | None

    @property
    def any(self) -> bool:
        return bool(self.iep or self.section_504)

    @property
    def said(self) -> bool:
        return self.iep is not None or self.section_504 is not None


@dataclass(frozen=True)
class StudentFile:
    """All that the register holds of one student."""

    student: Student
    identity: Identity
    households: list[households.Household]
    custody_note: str
    supports: Supports


def student_by_uuid(district_id: int, uuid: str) -> Student | None:
    return (
        Student.objects.filter(district=district_id, uuid=uuid).select_related("school", "district").first()
    )


def match_of(student: Student) -> Match:
    """The student with whoever is easily taken for them, before a person confirms who it is. Raises
    NoSealedKey for one who was shredded."""
    identities = identities_of([student])
    return Match(
        student, identities[student.pk], (), tuple(look_alikes_of([student], identities)[student.pk])
    )


def file_of(student: Student) -> StudentFile | None:
    """None for a student who was shredded."""
    opened = sealing.opened([student]).get(student.record)
    if opened is None:
        return None
    texts = shown_all(opened, student, {*Facts.TEXTS, *IDENTITY})
    said = {"yes": True, "no": False}
    return StudentFile(
        student,
        Identity(**{name: texts[name] for name in IDENTITY}),
        households.from_text(texts["guardians"]),
        texts["custody_note"],
        Supports(said.get(texts["iep"]), said.get(texts["section_504"])),
    )
