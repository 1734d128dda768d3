"""What this room does when a case is told to another school: it stands in the log of disclosures."""

from __future__ import annotations

from typing import Any

from security_center.foundation.organizations.models import Person
from security_center.threat_assessment import signals
from security_center.threat_assessment.models import Case

from .actions.disclosures import note_handed_on


def log_told_school(case: Case, actor: Person, name: str, groups: list[str], **_signal: Any) -> None:
    note_handed_on(actor=actor, case=case, name=name, groups=groups)


def connect() -> None:
    signals.told_to_school.connect(log_told_school, dispatch_uid="told_school_is_logged")
