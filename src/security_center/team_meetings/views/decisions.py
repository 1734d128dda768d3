"""What is said of one case at a meeting, and what the team decides there: follow-ups with an owner and a
date."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from security_center.foundation.notifications.actions import mark_read_about
from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.refusals import Refusal, blame
from security_center.foundation.vault.columns import shown_all
from security_center.foundation.vault.records import OpenRecord
from security_center.foundation.web.staff_forms import form_data, to_version
from security_center.threat_assessment import policies as case_policies
from security_center.threat_assessment.actions import case_access
from security_center.threat_assessment.actions.case_opening import team_of
from security_center.threat_assessment.actions.edit_conflicts import ChangedMeanwhile
from security_center.threat_assessment.models import Case
from security_center.threat_assessment.views.lookups import current_person, door, in_zone_of, refused
from security_center.threat_assessment.views.second_writer import keep, theirs_of

from .. import policies
from .. import queries as reads
from ..actions import decisions
from ..actions import meetings as acts
from ..forms import AboutCaseForm, DecisionForm, SettleDecisionForm
from ..models import Decision, Discussed, Meeting
from .meetings import about_meeting, meeting_page, trail_to

NOTE = ("note",)


@require_http_methods(["GET", "POST"])
@about_meeting(Permission.MEETING_VIEW)
def meeting_case(request: HttpRequest, meeting: Meeting, number: str) -> HttpResponse:
    """One case at the meeting, for its team: what was said, what was decided."""
    person = current_person(request)
    with door(person, number) as case:
        if meeting.place_id not in {case.school_id, case.district_id}:
            raise Http404
        if not case_policies.can(person, Permission.CASE_WRITE, case):
            return refused(request, case)
        return _case_page(request, meeting, case)


def _case_page(request: HttpRequest, meeting: Meeting, case: Case) -> HttpResponse:
    opened = case_access.look(actor=current_person(request), case=case)
    note, version, decided = reads.about_case(meeting, case, opened)
    may_write = meeting.planned and policies.may_meet(
        current_person(request), Permission.MEETING_WRITE, meeting.place
    )
    form, decision = (
        AboutCaseForm(initial={"note": note, "version": version}),
        DecisionForm(people=_team(case)),
    )
    theirs: Any = None
    if request.method == "POST":
        try:
            answered = _post(request, meeting, case, opened)
        except ChangedMeanwhile as refusal:
            answered = AboutCaseForm(request.POST)
            to_version(answered, refusal.theirs.version)
            theirs = theirs_of(refusal.theirs, opened, answered, NOTE, refusal.theirs.written_by)
        if isinstance(answered, HttpResponse):
            return answered
        form, decision = (answered, decision) if isinstance(answered, AboutCaseForm) else (form, answered)
    more = {
        "case": case,
        "note": note,
        "decided": decided,
        "decision_form": decision,
        "may_write": may_write,
        "theirs": theirs,
    }
    return meeting_page(request, "meeting_case", meeting, form, **more)


def _team(case: Case) -> list[Any]:
    return [member.person for member in team_of(case)]


def _post(
    request: HttpRequest, meeting: Meeting, case: Case, opened: OpenRecord
) -> HttpResponse | AboutCaseForm | DecisionForm:
    """Two forms stand on the page; the button says which was meant. Raises ChangedMeanwhile."""
    decides = "decide" in request.POST
    form: Any = DecisionForm(request.POST, people=_team(case)) if decides else AboutCaseForm(request.POST)
    if form.is_valid():
        try:
            if decides:
                decisions.decide(actor=current_person(request), meeting=meeting, case=case, **form.given)
            else:
                _write(request, meeting, case, form, opened)
        except ChangedMeanwhile:
            raise
        except Refusal as refusal:
            blame(form, refusal)
        else:
            messages.success(
                request,
                _("Noted. %(name)s is told.") % {"name": form.given["owner"].name}
                if decides
                else _("Saved."),
            )
            return redirect("team_meetings:meeting_case", pk=meeting.uuid, number=case.number)
    return form  # type: ignore[no-any-return]


def _write(
    request: HttpRequest, meeting: Meeting, case: Case, form: AboutCaseForm, opened: OpenRecord
) -> None:
    def save(**given: Any) -> Discussed:
        return acts.write_about_case(actor=current_person(request), meeting=meeting, case=case, **given)

    keep(
        request,
        save,
        form.cleaned_data,
        lambda row: shown_all(opened, row, NOTE),
        lambda: Discussed.objects.get(meeting=meeting, case=case),
    )


@require_http_methods(["GET", "POST"])
@about_meeting(Permission.MEETING_WRITE)
def decision_new(request: HttpRequest, meeting: Meeting) -> HttpResponse:
    """A follow-up that is about no single case."""
    form = DecisionForm(form_data(request), people=reads.team_at(meeting.place))
    if form.is_valid():
        try:
            decisions.decide(actor=current_person(request), meeting=meeting, **form.given)
        except Refusal as refusal:
            blame(form, refusal)
        else:
            messages.success(request, _("Noted. %(name)s is told.") % {"name": form.given["owner"].name})
            return redirect("team_meetings:meeting", pk=meeting.uuid)
    return meeting_page(request, "decision_new", meeting, form)


@require_http_methods(["GET", "POST"])
def decision(request: HttpRequest, pk: uuid.UUID, decision: uuid.UUID) -> HttpResponse:
    """One follow-up: what it is, and that it is done or given up. Duties lead here."""
    try:
        row = reads.known_decision(current_person(request), pk, decision)
    except reads.MeetingUnknown:
        raise Http404 from None
    with in_zone_of(row.meeting.place):
        return _decision(request, row)


def _decision(request: HttpRequest, row: Decision) -> HttpResponse:
    meeting = row.meeting
    at_meeting = reads.knows_meeting(current_person(request), meeting)
    mark_read_about(actor=current_person(request), path=f"{meeting.path}decisions/{row.uuid}/")
    form = SettleDecisionForm(form_data(request))
    if form.is_valid():
        try:
            decisions.settle_decision(actor=current_person(request), decision=row, **form.cleaned_data)
        except Refusal as refusal:
            blame(form, refusal)
        else:
            messages.success(
                request, _("Noted: %(state)s.") % {"state": Decision.State(form.cleaned_data["state"]).label}
            )
            return redirect(meeting.path if at_meeting or row.case is None else row.case.path)
    text = shown_all(_opened(request, meeting, row), row, ("what", "outcome"))
    may_settle = row.open and (
        row.owner_id == current_person(request).pk
        or policies.may_meet(current_person(request), Permission.MEETING_WRITE, meeting.place)
    )
    # Of another school's meeting whose case has come here nothing is known but what was decided.
    trail = (
        trail_to(meeting)
        if at_meeting or row.case is None
        else [(_("Cases"), reverse("threat_assessment:cases")), (row.case.number, row.case.path)]
    )
    return meeting_page(
        request,
        "decision",
        meeting,
        form,
        row=row,
        text=text,
        may_settle=may_settle,
        at_meeting=at_meeting,
        trail=trail,
    )


def _opened(request: HttpRequest, meeting: Meeting, row: Decision) -> OpenRecord:
    """Where the text lies: with the case that it is about, else with the meeting. That somebody looks is
    recorded there."""
    if row.case is not None:
        return case_access.look(actor=current_person(request), case=row.case)
    return acts.look_at_meeting(actor=current_person(request), meeting=meeting)
