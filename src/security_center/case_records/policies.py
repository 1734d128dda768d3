"""Who may look into a case from outside of its team (over threat_assessment.policies)."""

from __future__ import annotations

from security_center.foundation.clock import now
from security_center.foundation.organizations.models import Person
from security_center.threat_assessment.models import Case
from security_center.threat_assessment.policies import may_break_glass

from .models import BreakGlass


def glass_of(person: Person, case: Case) -> BreakGlass | None:
    """The glass that this person has broken and that is still open. It ends by the clock, and with the role
    that allowed it."""
    if not may_break_glass(person, case):
        return None
    return (
        BreakGlass.objects.filter(case=case, person=person, opened_at__lte=now(), ends_at__gt=now())
        .order_by("-opened_at")
        .first()
    )
