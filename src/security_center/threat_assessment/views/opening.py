"""A concern becomes a case: from scratch, or from a report, which is named by its number and nothing else."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from security_center.foundation.organizations.models import Organization
from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.organizations.policies import NotAllowed
from security_center.foundation.refusals import Refusal, blame
from security_center.foundation.web.staff_forms import form_data
from security_center.prevention.queries import rules_at

from .. import policies
from ..actions import case_opening
from ..forms_case import OpenCaseForm
from ..queries import subject, team
from ..queries.reports import ReportUnknown, readable_report
from .lookups import current_person


@require_http_methods(["GET", "POST"])
def case_new(request: HttpRequest) -> HttpResponse:
    """`?report=` names the report that it rests on; `?school=` (its slug) the school, where there are
    several."""
    schools = team.schools_to_open_at(current_person(request))
    if not schools:
        raise NotAllowed(Permission.CASE_OPEN)
    number = request.GET.get("report", "")
    try:
        report = readable_report(current_person(request), number) if number else None
    except ReportUnknown:
        raise Http404 from None
    school = _school(request, schools, report.organization if report is not None else None)
    trail = [(_("Cases"), reverse("threat_assessment:cases"))]
    if school is None:
        return render(
            request,
            "threat_assessment/choose_school.html",
            {"schools": schools, "report": report, "trail": trail},
        )
    people = team.who_may_join(school)
    mine = str(current_person(request).pk)
    initial = {"lead": mine, "disciplines": team.usual_disciplines(current_person(request), school)}
    register = subject.has_register(school.district)
    posted = form_data(request)
    form = OpenCaseForm(
        posted,
        people=people,
        rule_set=rules_at(school).rule_set,
        report=report is not None,
        register=register,
        initial=initial,
    )
    if form.is_valid():
        try:
            case = case_opening.open_case(
                actor=current_person(request), school=school, report=report, **form.facts()
            )
        except Refusal as refusal:
            blame(form, refusal)
        else:
            if not policies.can(current_person(request), Permission.CASE_READ, case):
                messages.success(
                    request,
                    _("The case is open, and %(name)s leads it. Only its team reads it.")
                    % {"name": case.lead.name},
                )
                return (
                    redirect("reporting:report", number=report.number)
                    if report is not None
                    else redirect("threat_assessment:cases")
                )
            messages.success(request, _("The case is open. Only its team reads it."))
            if (
                register
                and not case.practice
                and policies.can(current_person(request), Permission.CASE_WRITE, case)
            ):
                return redirect("threat_assessment:case_subject", number=case.number)
            return redirect("threat_assessment:case", number=case.number)
    cited = team.cases_citing(current_person(request), report.number) if report is not None else []
    context = {
        "form": form,
        "school": school,
        "report": report,
        "cited": cited,
        "trail": trail,
        "several": len(schools) > 1,
    }
    return render(request, "threat_assessment/case_new.html", context)


def _school(
    request: HttpRequest, schools: list[Organization], of_report: Organization | None
) -> Organization | None:
    """None: the person has to choose. A report at a district's own desk names no school."""
    by_slug = {school.slug: school for school in schools}
    chosen = by_slug.get(request.GET.get("school", ""))
    if chosen is None and of_report is not None:
        chosen = by_slug.get(of_report.slug)
    return chosen or (schools[0] if len(schools) == 1 else None)
