"""What stands beside a report: who wrote it where that is kept, and where it is being handed to."""

from __future__ import annotations

import uuid

from django.db.models import QuerySet
from django_scopes import scopes_disabled

from security_center.foundation.ledger.models import Entry
from security_center.foundation.ledger.queries import entries_about
from security_center.foundation.organizations.models import Person, Role
from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.organizations.policies import roles_at
from security_center.foundation.organizations.queries import people_with_any_role

from .. import policies
from ..models import Attachment, Handoff, Report, ReporterIdentity, Subject
from .desk import visible_to

CUSTODIANS = (Role.DISTRICT_SAFETY_LEAD, Role.SUPERINTENDENT)


def entries_of(report: Report) -> QuerySet[Entry]:
    return entries_about(report.thing).order_by("-sequence")[:100]


def identity_of(report: Report) -> ReporterIdentity | None:
    """The row only; its sealed name is opened by `actions.identity`."""
    return (
        ReporterIdentity.objects.filter(report=report)
        .select_related("unlock_asked_by", "unlocked_by")
        .first()
    )


def is_custodian(person: Person, report: Report) -> bool:
    """Whether the person is one of the two who may, together, open a confidential reporter's name."""
    return bool(roles_at(person, report.district) & set(CUSTODIANS)) and not policies.kept_from(
        person, report
    )


def custodians_of(report: Report) -> list[Person]:
    return [
        person
        for person in people_with_any_role(report.district, CUSTODIANS)
        if not policies.kept_from(person, report)
    ]


def open_handoff(report: Report) -> Handoff | None:
    """The hand-over that waits for its receiver. It lies in the receiver's scope; it is found by a report
    that the policy has let through."""
    if report.handoff_to_id is None:
        return None
    with scopes_disabled():
        return (
            Handoff.objects.filter(report=report, acknowledged_at__isnull=True)
            .select_related("to_desk", "by")
            .first()
        )


def subjects_seen_by(person: Person) -> QuerySet[Subject]:
    """Subjects of reports that this person may read."""
    seen = visible_to(person, Permission.REPORT_READ).values("pk")
    return Subject.objects.filter(mentions__report__in=seen).distinct()


def attachment_of(report: Report, file: uuid.UUID) -> Attachment | None:
    return (
        report.attachments.filter(uuid=file)
        .select_related("report__desk__parent__parent", "report__district")
        .first()
    )
