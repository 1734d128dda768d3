"""The management plan: its words, its steps with owners and backups, what is confirmed each day, and the
reviews."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.refusals import Refusal, blame, tell
from security_center.foundation.vault.columns import shown_all
from security_center.foundation.vault.opened_rows import OpenedRow, open_rows
from security_center.foundation.web.staff_forms import form_data, to_version
from security_center.prevention.queries import calendar_of

from .. import content_loader as doctrine
from .. import gates
from ..actions import management_plan
from ..actions.case_access import look
from ..actions.case_opening import team_of
from ..actions.edit_conflicts import ChangedMeanwhile
from ..forms_plan import ActionForm, PlanForm, ReviewForm, SettleActionForm
from ..models import Action, Case, Plan, State
from ..queries import CasePage
from ..queries.services import services_in
from ..queries.team import who_may_join
from .instructions import for_whoever_does_the_step
from .lookups import about_case, act_page, current_person, seen_page
from .second_writer import keep, theirs_of
from .services import referable

WORDS = ("goal", "raises_concern", "lowers_concern", "out_of_hours")


class _Step:
    """A step of the plan as the page shows it."""

    def __init__(self, said: OpenedRow, case: Case, *, school_day: bool) -> None:
        row: Action = said.row
        today = case.today()
        self.row, self.text = row, said.text
        category = case.rules.plan_categories.get(row.option.partition(".")[0])
        self.label, self.category = case.rules.option_label(row.option), (category.label if category else "")
        self.confirmed = next((one for one in row.confirmations.all() if one.day == today), None)
        self.open = row.state == Action.State.OPEN
        self.late = self.open and row.due_on < today
        self.asks_today = school_day and self.open and row.daily and self.confirmed is None


def _is_school_day(case: Case) -> bool:
    """A daily step is asked for on school days only, as its duty is."""
    return calendar_of(case.school).school_day(case.today()) is not None


@require_http_methods(["GET"])
@about_case(Permission.CASE_READ)
def plan(request: HttpRequest, case: Case) -> HttpResponse:
    """The plan as it stands: today's confirmations on top, then the steps, then the words."""
    page = seen_page(request, case)
    school_day = _is_school_day(case)
    steps = [_Step(said, case, school_day=school_day) for said in page.actions]
    return act_page(
        request,
        case,
        "plan",
        None,
        plan=page.plan,
        words=_words(page),
        today=[step for step in steps if step.asks_today],
        steps=[step for step in steps if step.open],
        settled=[step for step in steps if not step.open],
        reviews=page.reviews,
        next_review=page.next_review,
        is_lead=case.lead_id == current_person(request).pk,
        may_write=case.state in {State.CLASSIFIED, State.MANAGING, State.MONITORING, State.IMMINENT},
        may_review=case.state in management_plan.REVIEWED_IN,
    )


def _words(page: CasePage) -> list[tuple[Any, str]]:
    return (
        [(PlanForm.base_fields[name].label, text) for name, text in page.plan.text.items()]
        if page.plan is not None
        else []
    )


@require_http_methods(["GET", "POST"])
@about_case(Permission.CASE_WRITE)
def plan_write(request: HttpRequest, case: Case) -> HttpResponse:
    """Write the plan's words, or change them; the lead approves them anew."""
    page = seen_page(request, case)
    initial = (
        {**page.plan.text, "version": page.plan.row.version} if page.plan is not None else {"version": 0}
    )
    form = PlanForm(form_data(request), initial=initial)
    theirs: Any = None
    if form.is_valid():

        def save(**given: Any) -> Plan:
            return management_plan.write_plan(actor=current_person(request), case=case, **given)

        try:
            keep(
                request,
                save,
                form.cleaned_data,
                lambda row: shown_all(page.opened, row, WORDS),
                lambda: Plan.objects.get(case=case),
            )
        except ChangedMeanwhile as refusal:
            to_version(form, refusal.theirs.version)
            theirs = theirs_of(refusal.theirs, page.opened, form, WORDS, refusal.theirs.made_by)
        except Refusal as refusal:
            blame(form, refusal)
        else:
            messages.success(request, _("The plan is written. The lead approves it."))
            return redirect("threat_assessment:plan", number=case.number)
    return act_page(request, case, "plan_write", form, plan=page.plan, theirs=theirs)


@require_POST
@about_case(Permission.CASE_WRITE)
def plan_approve(request: HttpRequest, case: Case) -> HttpResponse:
    try:
        management_plan.approve_plan(actor=current_person(request), case=case)
    except Refusal as refusal:
        tell(request, refusal)
    else:
        messages.success(request, _("The plan is approved."))
    return redirect("threat_assessment:plan", number=case.number)


@require_http_methods(["GET", "POST"])
@about_case(Permission.CASE_WRITE)
def action_new(request: HttpRequest, case: Case) -> HttpResponse:
    """One more step: what, who, who else, by when."""
    team = [member.person for member in team_of(case)]
    on_it = {person.pk for person in team}
    others = [person for person in who_may_join(case.school) if person.pk not in on_it]
    services = referable(services_in(current_person(request), case.district))
    bound = form_data(request)
    form = ActionForm(bound, people=team, others=others, rules=case.rules, services=services)
    if form.is_valid():
        try:
            management_plan.add_action(actor=current_person(request), case=case, **form.given)
        except Refusal as refusal:
            blame(form, refusal)
        else:
            messages.success(
                request, _("The step is in the plan. %(name)s is told.") % {"name": form.given["owner"].name}
            )
            return redirect("threat_assessment:plan", number=case.number)
    return act_page(request, case, "action_new", form, alone=len(team) + len(others) < 2)


@for_whoever_does_the_step
@require_http_methods(["GET", "POST"])
@about_case(Permission.CASE_WRITE)
def action(request: HttpRequest, case: Case, pk: int) -> HttpResponse:
    """One step: confirm today, or say that it is done or given up. Duties lead here."""
    rows = Action.objects.select_related("owner", "backup", "second_backup", "settled_by")
    row = get_object_or_404(rows.prefetch_related("confirmations__by"), pk=pk, plan__case=case)
    form = SettleActionForm(form_data(request))
    if form.is_valid():
        try:
            management_plan.settle_action(
                actor=current_person(request), case=case, action=row, **form.cleaned_data
            )
        except Refusal as refusal:
            blame(form, refusal)
        else:
            messages.success(
                request, _("Noted: %(state)s.") % {"state": Action.State(form.cleaned_data["state"]).label}
            )
            return redirect("threat_assessment:plan", number=case.number)
    opened = look(actor=current_person(request), case=case)
    step = _Step(open_rows(opened, [row], "what", "evidence")[0], case, school_day=_is_school_day(case))
    confirmations = sorted(row.confirmations.all(), key=lambda one: one.day, reverse=True)[:20]
    return act_page(request, case, "action", form, step=step, confirmations=confirmations)


@require_POST
@about_case(Permission.CASE_WRITE)
def action_confirm(request: HttpRequest, case: Case, pk: int) -> HttpResponse:
    row = get_object_or_404(Action, pk=pk, plan__case=case)
    try:
        management_plan.confirm_today(actor=current_person(request), case=case, action=row)
    except Refusal as refusal:
        tell(request, refusal)
    else:
        messages.success(request, _("Confirmed for today."))
    return redirect("threat_assessment:action", number=case.number, pk=row.pk)


@require_http_methods(["GET", "POST"])
@about_case(Permission.CASE_WRITE)
def reviews(request: HttpRequest, case: Case) -> HttpResponse:
    """Look at the case again, and set the next date. It starts empty; the earlier ones stand below."""
    form = ReviewForm(form_data(request))
    if form.is_valid():
        try:
            management_plan.review(actor=current_person(request), case=case, **form.cleaned_data)
        except Refusal as refusal:
            blame(form, refusal)
        else:
            messages.success(request, _("The review is kept, and the next one has its date."))
            return redirect("threat_assessment:reviews", number=case.number)
    page = seen_page(request, case)
    last = page.judgements[-1].row if page.judgements else None
    band = (
        case.rules.review_band(scheme=case.scheme, level=last.level, conclusion=last.conclusion)
        if last is not None
        else None
    )
    may = case.state in management_plan.REVIEWED_IN
    new = bool(gates.GATES["no_unseen_reports"].missing(case))
    return act_page(
        request,
        case,
        "reviews",
        form,
        reviews=page.reviews,
        band=band,
        may=may,
        new=new,
        plan=page.plan,
        words=_words(page),
        rules=doctrine.review_rules().values(),
    )
