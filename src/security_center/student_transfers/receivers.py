"""What this room does when a person's work on a case ends, and when a case changes hands, is told to another
school, or is destroyed."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from security_center.foundation.duties.actions import cancel_about
from security_center.foundation.organizations.models import Person
from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.vault import actions as vault
from security_center.threat_assessment import signals
from security_center.threat_assessment.actions import case_duties
from security_center.threat_assessment.actions.staff_departure import OF_A_PLACE, DutyOfPlace
from security_center.threat_assessment.case_tables import emptied
from security_center.threat_assessment.models import Case
from security_center.threat_assessment.team_audience import offered

from .actions import student_departure
from .models import Departure, Handoff


def pass_contacts_on(
    case: Case, left: Person | None, to: Person, actor: Person | None, line: list[Person], **_signal: Any
) -> dict[str, Person]:
    return student_departure.pass_contacts_on(case=case, left=left, actor=actor, line=line)


def cases_with_contact(person: Person, **_signal: Any) -> QuerySet[Departure, int]:
    return Departure.objects.filter(Q(contact_owner=person) | Q(contact_backup=person)).values_list(
        "case", flat=True
    )


def destroy_packets(case: Case, actor: str, **_signal: Any) -> int:
    """The offer ends, and so does a packet that opened this case, where its own is destroyed already. Returns
    how many keys were destroyed."""
    cancel_about(thing=offered(case), actor=actor, outcome="destroyed")
    keys = 0
    for row in Handoff.objects.filter(successor=case, case__expunged_at__isnull=False):
        keys += vault.shred_record(record=row.record, actor=actor)
        Handoff.objects.filter(pk=row.pk).update(**emptied(Handoff))
    return keys


def connect() -> None:
    OF_A_PLACE[case_duties.TRANSFER_ITEM] = DutyOfPlace(Permission.CASE_OPEN)
    signals.work_passes_on.connect(pass_contacts_on, dispatch_uid="contacts_pass_on")
    signals.given_outside.connect(cases_with_contact, dispatch_uid="cases_with_contact")
    signals.case_destroyed.connect(destroy_packets, dispatch_uid="packets_destroyed")
