"""A file for the state. That it was made stands in the ledger."""

from __future__ import annotations

from django.db import transaction

from security_center.foundation.clock import now
from security_center.foundation.ledger.actions import record
from security_center.foundation.organizations.models import Organization, Person
from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.organizations.policies import require
from security_center.foundation.school_years import Period
from security_center.threat_assessment.queries.case_facts import facts_of
from security_center.threat_assessment.queries.list import cases_opened_in

from ..state_rows import as_csv


class NotOver(Exception):
    """The school year still runs."""


@transaction.atomic
def export(*, actor: Person, district: Organization, period: Period, layout: str) -> str:
    """The file as text, of a school year that is over: two files of a running one, made days apart, would
    show each new case by itself. Practice cases are not in it. Raises NotAllowed, NotOver, KeyError for an
    unknown layout."""
    require(actor, Permission.STATISTICS_EXPORT, district)
    zone = district.zone
    if not period.is_over(now(), zone):
        raise NotOver
    found = facts_of(cases_opened_in(district, *period.bounds(zone)), questions=False)
    text = as_csv(layout, found)
    record(
        actor=actor,
        verb="figures.exported",
        about=f"district:{district.pk}",
        organization_id=district.pk,
        detail={"layout": layout, "period": period.key, "cases": len(found)},
    )
    return text
