"""A case that was sent to another school, and taken on there."""

from __future__ import annotations

from typing import Any

from tests.threat_assessment.team import Team

from security_center.foundation.organizations.models import Organization, Person
from security_center.student_transfers.actions import case_handoff, handoff_acceptance
from security_center.student_transfers.models import Handoff
from security_center.threat_assessment.models import Case

PARTS = ["summary", "judgement", "plan", "safety"]
NOTE = "Marker-Note: his aunt brings him."
STUDENT = {"subject_name": "Marker-Name Jordan Lee", "subject_facts": "Grade 8"}


def sent(team: Team, to: Organization | None, case: Case | None = None, **more: Any) -> tuple[Case, Handoff]:
    case = case or team.managed(**STUDENT)
    case_handoff.begin_handoff(actor=team.tess, case=case, to_school=to, reason="They move house.", **more)
    row = case_handoff.send_handoff(actor=team.tess, case=case, parts=PARTS, note=NOTE)
    return Case.objects.select_related("school__parent__parent", "district", "lead").get(pk=case.pk), row


def taken(team: Team, row: Handoff, by: Person, second: Person) -> Case:
    return handoff_acceptance.take_on(
        actor=by,
        handoff=row,
        lead=by,
        lead_disciplines=["administration"],
        second=second,
        second_disciplines=["counseling"],
    )


def near(team: Team) -> Organization:
    return team.valley.cast.school_b


def far(team: Team) -> Organization:
    return team.valley.cast.school_elsewhere
