"""One case: its page, its team, its screening, its moves and the reports that it rests on."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from security_center.foundation.notifications.actions import mark_read_about
from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.organizations.policies import NotAllowed
from security_center.foundation.refusals import Refusal, blame
from security_center.foundation.web.staff_forms import form_data
from security_center.training.trained import untrained

from .. import content_loader as doctrine
from .. import gate_checks, gates, page_parts, queries
from ..actions import case_closing, case_holds, case_opening, screening, state_transitions
from ..forms_case import CiteForm, MemberForm, MoveForm, ScreeningForm
from ..models import Case, State
from ..queries import team
from ..queries.incoming import told_about
from ..queries.reports import ReportUnknown, readable_report
from ..wording import SAFETY_QUESTIONS
from .lookups import about_case, act_page, back, current_person, seen_page
from .next_step import ON, next_step
from .sentences import gate_lines, refuse

# States that a case reaches by a verb and a page of their own.
OWN_PAGES = frozenset({State.CLOSED, State.IMMINENT, State.HANDOFF})


@require_GET
@about_case(Permission.CASE_READ)
def case(request: HttpRequest, case: Case) -> HttpResponse:
    """Everything at a glance, with the one next step on top. That somebody looks is recorded."""
    mark_read_about(actor=current_person(request), path=case.path)
    page = seen_page(request, case)
    others = (
        [State(to) for to in page.next_states if to != ON.get(State(case.state))]
        if case.state not in OWN_PAGES and case.held_until is None
        else []
    )
    context = {
        "case": case,
        "page": page,
        "step": next_step(case, page, current_person(request)),
        "others": others,
        "may_hand_over": case.state in {*Case.HANDED_OVER_FROM, State.HANDOFF},
        "parts": {
            place: page_parts.parts_of(place, case=case, opened=page.opened)
            for place in ("case_top", "case_origin")
        },
        "may_hold": case.state not in case_holds.NEVER_HELD,
        "may_close": State.CLOSED in Case.TRANSITIONS[case.state],
        "rule_set": doctrine.team_rule_sets()[case.rule_set].label,
        "scheme": doctrine.schemes()[case.scheme].label,
        "moves": [(said, State(said.row.to_state).label) for said in reversed(page.moves)],
        "police": [(said, doctrine.thresholds()[said.row.threshold].label) for said in page.law_enforcement],
        "gaps": bool(page.board.gaps),
        "officer": queries.is_officer(current_person(request), case),
        "begun": any(tile.state != "not_started" for tile in page.board.tiles),
        "trail": [(_("Cases"), reverse("threat_assessment:cases"))],
    }
    return render(request, "threat_assessment/case.html", context)


@require_http_methods(["GET", "POST"])
@about_case(Permission.CASE_WRITE)
def case_team(request: HttpRequest, case: Case) -> HttpResponse:
    """Who works on it. Somebody asked onto the team reads it from then on."""
    members = case_opening.team_of(case)
    on_it = {member.person_id for member in members}
    people = [person for person in team.who_may_join(case.school) if person.pk not in on_it]
    form = MemberForm(form_data(request), people=people)
    if form.is_valid():
        try:
            case_opening.join(
                actor=current_person(request),
                case=case,
                person=form.chosen,
                disciplines=form.cleaned_data["disciplines"],
            )
        except Refusal as refusal:
            blame(form, refusal)
        else:
            messages.success(request, _("%(name)s is on the team and is told.") % {"name": form.chosen.name})
            return redirect("threat_assessment:case_team", number=case.number)
    wanted = [
        doctrine.expertise()[key].label
        for key in gate_checks.required_disciplines(case)
        if not any(key in member.disciplines for member in members)
    ]
    lapsed = {person.pk for person in untrained([member.person for member in members], case.school)}
    return act_page(request, case, "team", form, members=members, wanted=wanted, lapsed=lapsed)


@require_POST
@about_case(Permission.CASE_WRITE)
def case_team_remove(request: HttpRequest, case: Case) -> HttpResponse:
    """From now on this person cannot read the case."""
    chosen = request.POST.get("person", "")
    member = next((one for one in case_opening.team_of(case) if str(one.person_id) == chosen), None)
    if member is None:
        return redirect("threat_assessment:case_team", number=case.number)
    try:
        case_opening.leave_team(actor=current_person(request), case=case, person=member.person)
    except Refusal as refusal:
        return refuse(request, case, refusal)
    messages.success(
        request,
        _("%(name)s is no longer on the team and cannot read the case any more.")
        % {"name": member.person.name},
    )
    if member.person_id == current_person(request).pk:
        return redirect("threat_assessment:cases")
    return redirect("threat_assessment:case_team", number=case.number)


@require_http_methods(["GET", "POST"])
@about_case(Permission.CASE_WRITE)
def case_screen(request: HttpRequest, case: Case) -> HttpResponse:
    """One member's screening, for the disciplines that they stand for in this case."""
    form = ScreeningForm(form_data(request))
    if form.is_valid():
        try:
            screening.screen(actor=current_person(request), case=case, **form.cleaned_data)
        except Refusal as refusal:
            blame(form, refusal)
        else:
            messages.success(request, _("Your screening is saved."))
            return back(case)
    page = seen_page(request, case)
    mine = [
        said
        for said in page.screenings
        if said.row.person_id == current_person(request).pk and said.row.round == case.round
    ]
    still_open = gate_checks.safety_questions_open(case) if case.state == State.SCREENING else []
    may_screen = case.state == State.SCREENING and (not mine or bool(still_open))
    asked = [SAFETY_QUESTIONS[key] for key in still_open] if mine else []
    return act_page(request, case, "screen", form, page=page, mine=mine, may_screen=may_screen, asked=asked)


@require_http_methods(["GET", "POST"])
@about_case(Permission.CASE_WRITE)
def case_move(request: HttpRequest, case: Case, to: str) -> HttpResponse:
    """To another state, when its gates are met; else the page lists what is missing."""
    if to not in State.values or to in OWN_PAGES:
        raise Http404
    wanted = (case.state, to) in state_transitions.WITH_REASON
    posted = request.method == "POST"
    form = MoveForm(request.POST if posted else None, wanted=wanted)
    if posted and form.is_valid():
        try:
            state_transitions.advance(
                actor=current_person(request), case=case, to=to, reason=form.cleaned_data["reason"]
            )
        except Refusal as refusal:
            blame(form, refusal)
        else:
            messages.success(request, _("The case is now in: %(state)s.") % {"state": State(to).label})
            return back(case)
    leads_there = to in Case.TRANSITIONS[case.state] and case.state not in OWN_PAGES
    missing = gate_lines(gates.unmet(case, to)) if leads_there and not hasattr(form, "unmet") else []
    return act_page(request, case, "move", form, to=State(to), leads_there=leads_there, missing=missing)


@require_http_methods(["GET", "POST"])
@about_case(Permission.CASE_WRITE)
def case_reports(request: HttpRequest, case: Case) -> HttpResponse:
    """The reports that it rests on, by their numbers. A new one makes the team look, and opens a closed case
    again."""
    form = CiteForm(form_data(request))
    if form.is_valid():
        try:
            report = readable_report(current_person(request), form.cleaned_data["number"])
        except (ReportUnknown, NotAllowed):
            form.add_error("number", _("You see no report with this number. Check it letter by letter."))
        else:
            reopens = not case.open
            try:
                case_closing.add_report(actor=current_person(request), case=case, report=report)
            except Refusal as refusal:
                blame(form, refusal)
            else:
                messages.success(
                    request,
                    _("Added. The case is open again.")
                    if reopens
                    else _("Added. The team has to look at it."),
                )
                return redirect("threat_assessment:case_reports", number=case.number)
    rows = list(case.reports.select_related("added_by").order_by("-added_at"))
    told = told_about(case)
    return act_page(
        request,
        case,
        "reports",
        form,
        rows=rows,
        told=told,
        unseen=any(row.seen_at is None for row in rows) or any(row.seen_at is None for row in told),
    )


@require_POST
@about_case(Permission.CASE_WRITE)
def case_reports_seen(request: HttpRequest, case: Case) -> HttpResponse:
    """What stood on the page is seen; what came in since is not, and the page shows it."""
    if case_closing.has_seen_reports(
        actor=current_person(request), case=case, numbers=request.POST.getlist("number")
    ):
        messages.success(request, _("Noted: the team has looked at what is new."))
        return back(case)
    messages.warning(request, _("Something else has come in meanwhile. Look at that too."))
    return redirect("threat_assessment:case_reports", number=case.number)
