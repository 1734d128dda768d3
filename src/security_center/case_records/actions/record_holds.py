"""While a family's request is open, nothing of the case is destroyed (34 CFR 99.10(e))."""

from __future__ import annotations

from security_center.foundation.actors import ledger_name
from security_center.foundation.organizations.models import Person
from security_center.foundation.vault import actions as vault
from security_center.foundation.vault.models import RecordHold
from security_center.threat_assessment.models import Case

from ..models import Amendment, Inspection

OPEN_AMENDMENTS = (Amendment.State.ASKED, Amendment.State.HEARING)


def hold(*, case: Case, actor: Person) -> None:
    """Called inside a transaction. Twice is once."""
    vault.hold_record(record=case.record, actor=ledger_name(actor), kind=RecordHold.Kind.INSPECTION)


def release_if_free(*, case: Case, actor: Person) -> None:
    """The hold ends with the last open request."""
    asked = Inspection.objects.filter(case=case, state=Inspection.State.OPEN).exists()
    if not asked and not Amendment.objects.filter(case=case, state__in=OPEN_AMENDMENTS).exists():
        vault.release_record(record=case.record, actor=ledger_name(actor), kind=RecordHold.Kind.INSPECTION)
