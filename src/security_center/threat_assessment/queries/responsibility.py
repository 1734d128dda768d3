"""Who was asked to lead a case, and when it waited for what."""

from __future__ import annotations

from security_center.foundation.organizations.models import Person
from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.vault.opened_rows import OpenedRow, open_rows
from security_center.foundation.vault.records import OpenRecord

from .. import policies
from ..models import Case, Hold, LeadOffer
from .team import who_may_join


def open_offer(case: Case) -> LeadOffer | None:
    return LeadOffer.objects.filter(case=case, ended_at__isnull=True).select_related("to", "asked_by").first()


def lead_offers(case: Case, opened: OpenRecord) -> list[OpenedRow]:
    """The newest first."""
    rows = (
        LeadOffer.objects.filter(case=case)
        .select_related("before", "to", "asked_by")
        .order_by("-asked_at", "-pk")
    )
    return open_rows(opened, rows, "reason", "answer")


def who_may_lead(person: Person, case: Case) -> list[Person]:
    """Whom this person may ask: the lead one of the team; who oversees, in an emergency, also somebody who is
    not on it yet, but not themselves."""
    members = {member.person_id for member in case.members.filter(removed_at__isnull=True)}
    able = [one for one in who_may_join(case.school) if one.pk != case.lead_id]
    if case.lead_id == person.pk:
        return [one for one in able if one.pk in members]
    if policies.can(person, Permission.CASE_TEAM, case):
        return [one for one in able if one.pk in members or one.pk != person.pk]
    return []


def holds(case: Case, opened: OpenRecord) -> list[OpenedRow]:
    """The newest first."""
    rows = (
        Hold.objects.filter(case=case)
        .select_related("asked_by", "agreed_by", "ended_by")
        .order_by("-asked_at", "-pk")
    )
    return open_rows(opened, rows, "reason")
