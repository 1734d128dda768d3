"""How the register seals: to the district's desk, so that a student who changes schools is sealed to nobody
new."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from uuid import UUID

from security_center.foundation.organizations.identity import desk_recipient
from security_center.foundation.organizations.models import Organization
from security_center.foundation.vault.queries import open_records
from security_center.foundation.vault.records import OpenRecord
from security_center.foundation.vault.tokens import Blinder

from .models import Student

# Keys of its own: nobody who steals the tables can lay the register over whom reports are about
REALM = "students"


def opened(students: Iterable[Student]) -> dict[UUID, OpenRecord]:
    """The records of these students, by record; one that was shredded is absent. Two queries, however
    many."""
    return open_records({student.record: [desk_recipient(student.district)] for student in students})


def blinder(district: Organization) -> Blinder:
    """Makes the tokens by which students of this district are found."""
    return Blinder(district.pk, REALM)


def found_by(blind: Blinder, name: str, birth_date: str) -> list[tuple[str, bytes]]:
    """(kind, token) of everything but the identifier that a student is found by."""
    return blind.all_of({"name": name, "birth_date": birth_date})


def content_of(blind: Blinder, identifier: str, texts: Mapping[str, str]) -> bytes:
    """The digest of all that the register says: tells whether a row of an import says anything new, without
    opening."""
    return blind.token("content", json.dumps([identifier, *sorted(texts.items())], ensure_ascii=False))
