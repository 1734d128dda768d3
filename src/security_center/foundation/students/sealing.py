"""How the register seals: to the district's desk, so that a student who changes schools is sealed to nobody new."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from security_center.foundation.organizations.identity import desk_recipient
from security_center.foundation.organizations.models import Organization
from security_center.foundation.vault.columns import seal, unseal, unseal_all
from security_center.foundation.vault.queries import open_records
from security_center.foundation.vault.records import OpenRecord
from security_center.foundation.vault.tokens import blind, tokens_of

from .models import Student

__all__ = ["blinded", "blinded_all", "opened", "recipient", "seal", "unseal", "unseal_all"]

REALM = "students"  # keys of its own: nobody who steals the tables can lay the register over whom reports are about


def recipient(district: Organization) -> str:
    return desk_recipient(district)


def opened(students: Iterable[Student]) -> dict[UUID, OpenRecord]:
    """The records of these students, by record; one that was shredded is absent. Two queries, however many."""
    return open_records({student.record: [desk_recipient(student.district)] for student in students})


def blinded(district: Organization, kind: str, value: str) -> bytes:
    return blind(district_id=district.pk, kind=kind, value=value, realm=REALM)


def blinded_all(district: Organization, name: str, birth_date: str) -> list[tuple[str, bytes]]:
    """(kind, token) of everything but the identifier that a student is found by."""
    return tokens_of(district_id=district.pk, values={"name": name, "birth_date": birth_date}, realm=REALM)
