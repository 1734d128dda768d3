"""Finding one student. Tokens find candidates; only those are opened; a person says whether it is the one.

What opens a student here is called by an action that records the look (`actions.looking`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_scopes import scopes_disabled

from security_center.foundation.organizations.models import Organization
from security_center.foundation.vault.columns import shown_all
from security_center.foundation.vault.records import OpenRecord

from .. import sealing
from ..models import Student, StudentToken

MOST_MATCHES = 8
MOST_ALIKE = 8
MOST_OPENED = 60  # of those who may be look-alikes; a name that more share needs a number or a birth date
MOST_CARRIERS = 2_000
IDENTITY = ("name", "identifier", "birth_date", "recognize", "schedule")


class NothingToLookFor(Exception):
    """A look-up needs a name or an identifier: a birth date alone would be leafing through the register."""


class AlikeBy(models.TextChoices):
    NAME = "name", _("the same name")
    SOUND = "phonetic", _("a name that sounds alike")


@dataclass(frozen=True)
class Identity:
    """Who a student is, opened. `birth_date` as 2012-05-30."""

    name: str
    identifier: str
    birth_date: str
    recognize: str
    schedule: str

    @property
    def born(self) -> date | None:
        return date.fromisoformat(self.birth_date) if self.birth_date else None


@dataclass(frozen=True)
class LookAlike:
    student: Student
    identity: Identity
    by: AlikeBy


@dataclass(frozen=True)
class Match:
    """A student, what of the words that were looked for agrees ("name", "phonetic", "identifier",
    "birth_date"), and who is easily taken for them."""

    student: Student
    identity: Identity
    agrees: tuple[str, ...]
    look_alikes: tuple[LookAlike, ...]


def has_register(district: Organization) -> bool:
    """Whether this district has entered its students."""
    return Student.objects.filter(district=district).exists()


def student_of_identifier(district: Organization, identifier: str) -> Student | None:
    """The student whom the district calls by this number, those who left too."""
    token = sealing.blinder(district).token("identifier", identifier)
    if not token:
        return None
    return (
        Student.objects.filter(district=district, identifier_token=token)
        .select_related("school", "district")
        .first()
    )


def look_up(
    organization: Organization, *, name: str = "", identifier: str = "", birth_date: str = ""
) -> list[Match]:
    """Students of the whole district: one who moved or was mistaken for another is in another school. Those
    who are there and agree most come first.

    Callers have asked the policy and record the look (`actions.look_up`). Raises NothingToLookFor,
    VaultLocked, ValueError for no date."""
    district = organization.district
    blind = sealing.blinder(district)
    wanted = blind.token("identifier", identifier)
    found = set(sealing.found_by(blind, name, birth_date))
    if not wanted and not any(kind == "name" for kind, _token in found):
        raise NothingToLookFor
    agrees: defaultdict[int, set[str]] = defaultdict(set)
    for student_id, kind, token in _carriers([token for kind, token in found if kind != "birth_date"]):
        if (kind, token) in found:
            agrees[student_id].add(kind)
    students = Student.objects.filter(district=district).select_related("school", "district")
    by_number = students.filter(identifier_token=wanted).first() if wanted else None
    if by_number is not None:
        agrees[by_number.pk].add("identifier")
    rows = {
        student.pk: student
        for student in students.filter(
            pk__in=sorted(agrees, key=lambda pk: _order(agrees[pk]))[: 4 * MOST_MATCHES]
        )
    }
    identities = identities_of(rows.values())
    for pk, identity in identities.items():
        # A token of a former name still finds the student; only what is true now agrees.
        agrees[pk] &= {
            "identifier",
            *(
                kind
                for kind, token in sealing.found_by(blind, identity.name, identity.birth_date)
                if (kind, token) in found
            ),
        }
        if birth_date and identity.birth_date == birth_date.strip():
            agrees[pk].add("birth_date")
    ranked = sorted(
        (pk for pk in identities if agrees[pk] & {"name", "phonetic", "identifier"}),
        key=lambda pk: (not rows[pk].active, _order(agrees[pk])),
    )
    # Who only sounds alike is shown beside whom was found, not as found.
    certain = [pk for pk in ranked if agrees[pk] & {"name", "identifier"}] or ranked
    shown = certain[:MOST_MATCHES]
    alike = look_alikes_of([rows[pk] for pk in shown], {pk: identities[pk] for pk in shown})
    return [Match(rows[pk], identities[pk], tuple(sorted(agrees[pk])), tuple(alike[pk])) for pk in shown]


def _carriers(tokens: Iterable[bytes]) -> list[tuple[int, str, bytes]]:
    """(student's id, kind, token) of whoever carries one of these tokens. A token's key is its district's
    own, so no other district's students do.

    Not by way of the students, as the scope would have it, and in the order of the index: else SQLite walks
    through all students of the district. Callers open only students whom the scope holds."""
    rows = (
        StudentToken._base_manager.filter(token__in=list(tokens))
        .order_by("token", "pk")
        .values_list("student_id", "kind", "token")
    )
    return sorted((student_id, kind, bytes(token)) for student_id, kind, token in rows[:MOST_CARRIERS])


def _order(agrees: set[str]) -> tuple[bool, ...]:
    """What agrees, most telling first: a number, then a birth date, then the name as it is written."""
    return tuple(kind not in agrees for kind in ("identifier", "birth_date", "name"))


def look_alikes_of(
    students: Iterable[Student], identities: dict[int, Identity] | None = None, *, staged_too: bool = False
) -> dict[int, list[LookAlike]]:
    """For each of these students, by id, the others of the district who are still there and whose name is the
    same or sounds alike.

    `staged_too`: also those whom an import keeps aside, for whoever looks at what it would bring.
    """
    asked = list(students)
    known = identities if identities is not None else identities_of(asked)
    own = {
        student.pk: _sounds_of(student, known[student.pk]) if student.pk in known else set()
        for student in asked
    }
    every = {token for tokens in own.values() for _kind, token in tokens}
    kinds: defaultdict[int, set[tuple[str, bytes]]] = defaultdict(set)
    for student_id, kind, token in _carriers(every):
        kinds[student_id].add((kind, token))
    # By their ids alone, as in _carriers; those of another district are left out below
    with scopes_disabled():
        manager = Student.everyone if staged_too else Student.objects
        there = (
            manager.filter(pk__in=list(kinds), active=True)
            .select_related("school", "district")
            .order_by("pk")
        )
        others = {student.pk: student for student in there[:MOST_OPENED]}
    opened = identities_of(others.values())
    sounds = {pk: _sounds_of(others[pk], identity) for pk, identity in opened.items()}
    found: dict[int, list[LookAlike]] = {}
    for student in asked:
        alike = []
        for pk, identity in opened.items():
            if pk == student.pk or others[pk].district_id != student.district_id:
                continue
            now_alike = kinds[pk] & own[student.pk] & sounds[pk]
            if now_alike:
                by = AlikeBy.NAME if any(kind == "name" for kind, _token in now_alike) else AlikeBy.SOUND
                alike.append(LookAlike(others[pk], identity, by))
        found[student.pk] = sorted(alike, key=lambda one: (one.by != AlikeBy.NAME, one.student.pk))[
            :MOST_ALIKE
        ]
    return found


def _sounds_of(student: Student, identity: Identity) -> set[tuple[str, bytes]]:
    return set(sealing.found_by(sealing.blinder(student.district), identity.name, ""))


def identity_of(student: Student) -> Identity:
    """Raises NoSealedKey for a student who was shredded."""
    return _identity(student, sealing.opened([student])[student.record])


def identities_of(students: Iterable[Student]) -> dict[int, Identity]:
    """By id; those who were shredded are absent. Two queries, however many."""
    rows = list(students)
    records = sealing.opened(rows) if rows else {}
    return {
        student.pk: _identity(student, records[student.record])
        for student in rows
        if student.record in records
    }


def _identity(student: Student, opened: OpenRecord) -> Identity:
    return Identity(**shown_all(opened, student, IDENTITY))
