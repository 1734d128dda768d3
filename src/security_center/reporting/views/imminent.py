"""Someone is in danger now: the page for the first minutes."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.refusals import Refusal, tell

from .. import queries
from ..actions import desk as desk_acts
from ..actions import imminent as acts
from ..forms_staff import identifier_choices
from ..models import Report, Urgency
from ..queries.imminent import stamps
from .lookups import about_report, current_person
from .report import back


@require_GET
@about_report(Permission.REPORT_WRITE)
def now(request: HttpRequest, report: Report) -> HttpResponse:
    if report.urgency != Urgency.U1 or report.shredded_at is not None:
        return back(report)
    opened = desk_acts.look(actor=current_person(request), report=report)
    page = queries.report_page(current_person(request), report, opened)
    done = stamps(report)
    return render(
        request,
        "reporting/desk/now.html",
        {
            "report": report,
            "page": page,
            "done": done,
            "lockdown": done.get("lockdown") or done.get("no_lockdown"),
            "identifiers": identifier_choices(),
            "found_by": [
                name
                for code, name in identifier_choices()
                if "student_found" in done and code in done["student_found"].compared
            ],
        },
    )


@require_POST
@about_report(Permission.REPORT_WRITE)
def stamp(request: HttpRequest, report: Report) -> HttpResponse:
    """One press: a step done, or taken back."""
    try:
        if request.POST.get("withdraw"):
            acts.withdraw(actor=current_person(request), report=report, step=request.POST["withdraw"])
            messages.info(request, _("Taken back."))
        else:
            acts.stamp(
                actor=current_person(request),
                report=report,
                step=request.POST.get("step", ""),
                compared=request.POST.getlist("compared"),
            )
    except acts.UnknownStep:
        messages.error(request, _("That press was not understood. Press again."))
    except Refusal as refusal:
        tell(request, refusal)
    return redirect("reporting:report_now", number=report.number)
