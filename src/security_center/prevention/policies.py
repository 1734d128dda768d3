"""Who may change the plan and the calendar."""

from security_center.foundation.organizations.models import Organization, Person
from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.organizations.policies import require


def require_plan_edit(person: Person | None, organization: Organization) -> None:
    """`None` is the system itself (sample district, set-up)."""
    if person is not None:
        require(person, Permission.PLAN_EDIT, organization)


def require_coverage_edit(person: Person | None, organization: Organization) -> None:
    if person is not None:
        require(person, Permission.COVERAGE_EDIT, organization)
