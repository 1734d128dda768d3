"""The rows of one case that the rooms above read: for its record, and for what goes along to another
school."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import QuerySet

from security_center.foundation.organizations.models import Person

from .. import content_loader as doctrine
from ..models import (
    Action,
    Case,
    ContainmentStep,
    Finding,
    InterviewVersion,
    Judgement,
    Plan,
    Signature,
    SourceFile,
)
from ..policies import is_officer
from .inquiry import visible_interviews


def interview_versions(person: Person, case: Case) -> QuerySet[InterviewVersion]:
    """Of the interviews that the person sees."""
    seen = visible_interviews(person, case).order_by()
    return (
        InterviewVersion.objects.filter(interview__in=seen)
        .select_related("interview__source", "by")
        .order_by("interview", "number")
    )


def visible_findings(person: Person, case: Case) -> QuerySet[Finding]:
    """What the school's records say of a disability is not an officer's to see, whoever wrote it under a
    theme."""
    rows = Finding.objects.filter(case=case).select_related("recorded_by").order_by("pk")
    return rows.exclude(prompt__in=doctrine.prompts_of_records()) if is_officer(person, case) else rows


def files_of(case: Case) -> QuerySet[SourceFile]:
    return SourceFile.objects.filter(source__case=case)


def isolated_files_of(case: Case) -> QuerySet[SourceFile]:
    """Those that nobody may open: they are kept for law enforcement."""
    return files_of(case).filter(state=SourceFile.State.ISOLATED)


def steps_of(case: Case) -> QuerySet[Action]:
    """All steps of its plan, in their order."""
    return Action.objects.filter(plan__case=case).select_related("owner", "plan").order_by("pk")


def open_steps_of(case: Case) -> QuerySet[Action]:
    return Action.objects.filter(plan__case=case, state=Action.State.OPEN).order_by("pk")


def open_steps_in(cases: Collection[int]) -> QuerySet[Action]:
    """Of several cases, by their ids; what is due first, first."""
    rows = Action.objects.filter(plan__case__in=cases, state=Action.State.OPEN).select_related(
        "owner", "backup", "plan"
    )
    return rows.order_by("due_on", "pk")


def plan_of(case: Case) -> Plan | None:
    return Plan.objects.filter(case=case).first()


def last_judgement_of(case: Case) -> Judgement | None:
    return Judgement.objects.filter(case=case).order_by("-number").first()


def signatures_of(judgement: Judgement) -> QuerySet[Signature]:
    return Signature.objects.filter(judgement=judgement).order_by("at")


def all_containment_steps_of(case: Case) -> QuerySet[ContainmentStep]:
    """Of every danger that it had."""
    return ContainmentStep.objects.filter(case=case).order_by("at", "pk")
