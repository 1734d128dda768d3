"""A report that somebody names on a page of a case: only one that they read on the desk."""

from __future__ import annotations

from security_center.foundation.organizations.models import Person
from security_center.foundation.organizations.permissions import Permission
from security_center.reporting import policies as desk_policies
from security_center.reporting.models import Report
from security_center.reporting.queries import ReportUnknown, known_report

__all__ = ["ReportUnknown", "readable_report"]


def readable_report(person: Person, number: str) -> Report:
    """Raises ReportUnknown; NotAllowed when the person may know of it but not read it."""
    report = known_report(person, number.strip())
    desk_policies.require(person, Permission.REPORT_READ, report)
    return report
