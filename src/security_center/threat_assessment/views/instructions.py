"""The sheet for somebody who does a step of a plan and is not on the team: what to do, by when, whom to call.
Nothing of the case is on it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from security_center.foundation.notifications.actions import mark_read_about
from security_center.foundation.organizations.models import Person
from security_center.foundation.refusals import Refusal, blame

from .. import policies
from ..actions import management_plan
from ..forms_plan import SettleActionForm
from ..models import Action, Case
from .lookups import current_person, in_zone_of

View = Callable[..., HttpResponseBase]


def for_whoever_does_the_step(view: View) -> View:
    """At the address of a step, members see its page and whoever does it from outside of the team sees the
    sheet: duties lead both here."""

    @wraps(view)
    def chosen(request: HttpRequest, number: str, pk: int) -> HttpResponseBase:
        row = _step_of(current_person(request), number, pk) if isinstance(request.user, Person) else None
        return view(request, number=number, pk=pk) if row is None else _sheet(request, row[0], row[1])

    return chosen


def _step_of(person: Person, number: str, pk: int) -> tuple[Case, Action] | None:
    rows = Action.objects.filter(pk=pk, plan__case__number=number.upper())
    row = rows.select_related(
        "plan__case__lead",
        "plan__case__district",
        "owner",
        "backup",
        "second_backup",
        "plan__case__school__parent__parent",
    ).first()
    if row is None or not policies.does_step(person, row, row.plan.case):
        return None
    return row.plan.case, row


def _sheet(request: HttpRequest, case: Case, row: Action) -> HttpResponse:
    person = current_person(request)
    act = request.POST.get("act", "")
    form = SettleActionForm(request.POST if act == "settle" else None)
    with in_zone_of(case.school):
        try:
            if act == "confirm":
                management_plan.confirm_today(actor=person, case=case, action=row)
            elif act == "settle" and form.is_valid():
                management_plan.settle_action(actor=person, case=case, action=row, **form.cleaned_data)
        except Refusal as refusal:
            blame(form, refusal)
        else:
            if act == "settle" and form.is_valid():  # the sheet is shown for open steps only
                messages.success(request, _("Noted. Thank you."))
                return redirect("center:home")
            if act == "confirm":
                messages.success(request, _("Noted. Thank you."))
                return redirect("threat_assessment:action", number=case.number, pk=row.pk)
        mark_read_about(actor=person, path=request.path)
        text = management_plan.read_instructions(actor=person, case=case, action=row)
        today = row.confirmations.filter(day=case.today()).exists()
        context = {
            "case": case,
            "step": row,
            "text": text,
            "option": case.rules.option_label(row.option),
            "form": form,
            "confirmed": today,
        }
        return render(request, "threat_assessment/instructions.html", context)
