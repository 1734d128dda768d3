"""What is left of a destroyed case, and who asked to destroy one early."""

from __future__ import annotations

from security_center.foundation.organizations.models import Person
from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.organizations.policies import has
from security_center.foundation.vault.models import RecordHold
from security_center.foundation.vault.opened_rows import OpenedRow, open_rows
from security_center.foundation.vault.queries import holds_on
from security_center.foundation.vault.records import OpenRecord
from security_center.threat_assessment import policies as case_policies
from security_center.threat_assessment.models import Case
from security_center.threat_assessment.queries.record_rows import isolated_files_of

from ..models import Certificate, EarlyEnd


class CertificateUnknown(Exception):
    """No such certificate, or none of a case that this person may know of."""


def certificate_of(person: Person, number: str) -> Certificate:
    rows = Certificate.objects.select_related("case__school__parent__parent", "case__district", "case__lead")
    found = rows.filter(case__number=number.upper()).first()
    if found is None:
        raise CertificateUnknown(number)
    if not case_policies.may_know(person, found.case) and not has(
        person, Permission.LEDGER_VERIFY, found.case.school
    ):
        raise CertificateUnknown(number)
    return found


def early_ends_of(case: Case, opened: OpenRecord) -> list[OpenedRow]:
    return open_rows(
        opened,
        EarlyEnd.objects.filter(case=case).select_related("asked_by", "answered_by").order_by("-asked_at"),
        "reason",
    )


def keeps_for_law_enforcement(case: Case) -> bool:
    """Whether a file that nobody may open keeps the case."""
    return isolated_files_of(case).exists() and RecordHold.Kind.LEGAL in holds_on(case.record)


def released_of(case: Case, opened: OpenRecord) -> list[str]:
    """Who at law enforcement said that isolated files are needed no more, in their order."""
    rows = isolated_files_of(case).filter(released_by__isnull=False).order_by("pk")
    return list(dict.fromkeys(one.text["released_by"] for one in open_rows(opened, rows, "released_by")))


def isolated_by(person: Person, case: Case) -> bool:
    """Whether the person has isolated such a file: then another says that it is needed no more."""
    return isolated_files_of(case).filter(isolated_by=person).exists()
