"""The page of one report, with whatever form on it came back with a complaint."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from security_center.foundation.duties.queries import steps_of
from security_center.foundation.organizations.models import Person
from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.organizations.policies import has
from security_center.prevention import content_loader as plan
from security_center.prevention.raising import urgency_from_words

from .. import history, queries
from ..actions import decisions
from ..actions import desk as acts
from ..actions.decisions import PATTERN
from ..actions.follow_up import ACKNOWLEDGE
from ..content_loader import disposition_actions, quick_questions, validities
from ..forms_staff import ApprovalForm, AssignForm, ComparedForm, MessageForm, NoteForm, SubjectForm
from ..models import Approval, Report, SubjectMention
from ..queries.report_page import ReportPage, Said
from .lookups import current_person


@dataclass(frozen=True)
class Told:
    """Who was alerted for a report, and when."""

    at: Any
    names: str
    late: bool


def show(
    request: HttpRequest, report: Report, *, failed: forms.Form | None = None, at: Any = None
) -> HttpResponse:
    """Open the report (which is recorded) and draw its page.

    failed: the form that came back; it takes the place of the empty one of its kind. at: for several of a
    kind, the row it belongs to."""
    if report.shredded_at is not None:
        return render(
            request,
            "reporting/desk/shredded.html",
            {
                "report": report,
                "history": history.lines(list(queries.entries_of(report)), current_person(request)),
            },
        )
    opened = acts.look(actor=current_person(request), report=report)
    page = queries.report_page(current_person(request), report, opened)
    return render(request, "reporting/desk/report.html", context(request, report, page, failed, at))


def context(
    request: HttpRequest, report: Report, page: ReportPage, failed: forms.Form | None = None, at: Any = None
) -> dict[str, Any]:
    person = current_person(request)
    waiting = [said for said in page.approvals if said.row.decision == Approval.Decision.WAITING]  # type: ignore[union-attr]
    may_answer = [said for said in waiting if decisions.may_second(person, said.row)]  # type: ignore[arg-type]
    holders = queries.who_may_hold(report)
    chosen = {type(failed): failed} if failed is not None else {}
    return {
        "report": report,
        "page": page,
        "may": page.may,
        "failed": failed,
        "trail": [(_("Desk"), reverse("reporting:desk"))],
        "category": plan.categories().get(report.category),
        "routes": _routes(report),
        "message_form": chosen.get(MessageForm) or MessageForm(language=report.language),
        "note_form": chosen.get(NoteForm) or NoteForm(),
        "assign_form": chosen.get(AssignForm) or AssignForm(people=holders),
        "subject_form": chosen.get(SubjectForm) or SubjectForm(),
        "subjects": [
            (named, _compared(failed, at, named.mention.subject_id), _may_be_second(person, named.mention))
            for named in page.subjects
        ],
        "likely": [(row, _compared(failed, at, row[0].pk)) for row in page.likely],
        "approvals": [
            (said, _approval_form(failed, at, said.row.pk) if said in may_answer else None)
            for said in page.approvals
        ],
        "waiting": waiting,
        "may_answer": bool(may_answer),
        "seconds": _seconds(holders, waiting) if waiting and not may_answer else [],
        "quick": quick_questions().values(),
        "dispositions": [
            (
                said,
                [disposition_actions()[code].label for code in said.row.actions],  # type: ignore[union-attr]
                validities()[said.row.validity],  # type: ignore[union-attr]
            )
            for said in page.dispositions
        ],
        "final": any(not said.row.interim for said in page.dispositions),  # type: ignore[union-attr]
        "told": _told(page),
        "history": history.lines(page.history, person),
        "crisis": report.crisis_lock or report.about_me or _speaks_of_suicide(page),
        "identity": queries.identity_of(report),
        "handoff": queries.open_handoff(report),
        "is_custodian": queries.is_custodian(person, report),
        "custodians": queries.custodians_of(report) if report.mode == Report.Mode.CONFIDENTIAL else [],
        "pattern_open": any(duty.kind == PATTERN for duty in page.duties),
        "may_open_case": has(person, Permission.CASE_OPEN, report.organization),
        "asks_for_team": _asks_for_team(report),
        "may_see_pattern": has(person, Permission.REPORT_WRITE, report.district),
    }


def _seconds(holders: list[Person], waiting: list[Said]) -> list[Person]:
    able = {person.pk for said in waiting for person in decisions.who_may_second(holders, said.row)}  # type: ignore[arg-type]
    return [person for person in holders if person.pk in able]


def _asks_for_team(report: Report) -> bool:
    """Whether a report of this kind is the team's to assess, and nobody has decided about it yet."""
    category = plan.categories().get(report.category)
    return (
        category is not None
        and "threat_assessment" in category.routes
        and report.acknowledged_at is not None
        and report.decided_at is None
    )


def _routes(report: Report) -> list[Any]:
    category = plan.categories().get(report.category)
    return [plan.routes()[key] for key in category.routes] if category else []


def _compared(failed: forms.Form | None, at: Any, subject_id: int) -> ComparedForm:
    if isinstance(failed, ComparedForm) and at == subject_id:
        return failed
    return ComparedForm(prefix=f"compared-{subject_id}")


def _approval_form(failed: forms.Form | None, at: Any, pk: int) -> ApprovalForm:
    return failed if isinstance(failed, ApprovalForm) and at == pk else ApprovalForm(prefix=f"approval-{pk}")


def _may_be_second(person: Any, mention: SubjectMention) -> bool:
    return (
        mention.second_by_id is None
        and len(mention.identifiers_checked) >= 2
        and mention.set_by_id != person.pk
    )


def _told(page: ReportPage) -> list[Told]:
    """Everybody whom the alert of this report has reached so far, the latest last."""
    found = []
    for duty in page.duties:
        if duty.kind == ACKNOWLEDGE:
            found += [
                Told(step.done_at, ", ".join(p.name for p in step.told.all()), step.late)
                for step in steps_of(duty)
            ]
    return found


def _speaks_of_suicide(page: ReportPage) -> bool:
    _raised, hits = urgency_from_words([text for text in page.words.values() if text])
    return any(hit.category == "suicide" for hit in hits) or page.report.category == "suicide"
