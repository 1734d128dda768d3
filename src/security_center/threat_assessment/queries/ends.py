"""What is left of a destroyed case, and who asked to destroy one early."""

from __future__ import annotations

from collections.abc import Iterator

from django_scopes import scopes_disabled

from security_center.foundation.organizations.models import Person
from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.organizations.policies import has
from security_center.foundation.vault.models import RecordHold
from security_center.foundation.vault.queries import holds_on
from security_center.foundation.vault.records import OpenRecord

from .. import policies
from ..models import Case, Certificate, EarlyEnd, SourceFile
from .said import Said, said


class CertificateUnknown(Exception):
    """No such certificate, or none of a case that this person may know of."""


def certificate_of(person: Person, number: str) -> Certificate:
    rows = Certificate.objects.select_related("case__school__parent__parent", "case__district", "case__lead")
    found = rows.filter(case__number=number.upper()).first()
    if found is None:
        raise CertificateUnknown(number)
    if not policies.may_know(person, found.case) and not has(person, Permission.LEDGER_VERIFY, found.case.school):
        raise CertificateUnknown(number)
    return found


def early_ends_of(case: Case, opened: OpenRecord) -> list[Said]:
    return said(opened, EarlyEnd.objects.filter(case=case).select_related("asked_by", "answered_by").order_by("-asked_at"), "reason")


def keeps_for_law_enforcement(case: Case) -> bool:
    """Whether a file that nobody may open keeps the case."""
    return SourceFile.objects.filter(source__case=case, state=SourceFile.State.ISOLATED).exists() and RecordHold.Kind.LEGAL in holds_on(case.record)


def released_of(case: Case, opened: OpenRecord) -> list[str]:
    """Who at law enforcement said that isolated files are needed no more, in their order."""
    rows = SourceFile.objects.filter(source__case=case, state=SourceFile.State.ISOLATED, released_by__isnull=False).order_by("pk")
    return list(dict.fromkeys(one.text["released_by"] for one in said(opened, rows, "released_by")))


def isolated_by(person: Person, case: Case) -> bool:
    """Whether the person has isolated such a file: then another says that it is needed no more."""
    return SourceFile.objects.filter(source__case=case, state=SourceFile.State.ISOLATED, isolated_by=person).exists()


def numbers_of_expunged() -> Iterator[str]:
    """Numbers of the destroyed cases of all tenants: what an older backup would bring back. Numbers only."""
    with scopes_disabled():
        yield from Case.objects.filter(expunged_at__isnull=False).order_by("pk").values_list("number", flat=True).iterator()
