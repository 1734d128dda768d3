"""Made-up cases to practice with: choose one, and press."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from security_center.foundation.organizations.models import Organization
from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.organizations.policies import NotAllowed
from security_center.foundation.organizations.views.lookups import organization_by_slug
from security_center.foundation.refusals import Refusal
from security_center.threat_assessment import content_loader as doctrine
from security_center.threat_assessment.models import Case
from security_center.threat_assessment.queries import team
from security_center.threat_assessment.views.lookups import about_case, current_person
from security_center.threat_assessment.views.sentences import refuse

from .. import content_loader as content
from ..actions import practice_cases as acts


@require_http_methods(["GET", "POST"])
def practice(request: HttpRequest) -> HttpResponse:
    """Each ready-made case with its button. Those who may open cases at several schools choose the school
    beside it."""
    schools = team.schools_to_open_at(current_person(request))
    if not schools:
        raise NotAllowed(Permission.CASE_OPEN)
    if request.method == "POST":
        school = next(
            (one for one in schools if one.slug == request.POST.get("school", schools[0].slug)), None
        )
        key = request.POST.get("case", "")
        if school is None or key not in content.practice_cases():
            raise Http404
        brings = team.usual_disciplines(current_person(request), school) or ["administration"]
        case = acts.begin_practice(actor=current_person(request), school=school, key=key, disciplines=brings)
        messages.success(request, _("The practice case is open. Ask the others of your team onto it."))
        return redirect("threat_assessment:case_team", number=case.number)
    return _page(request, schools)


def _page(request: HttpRequest, schools: list[Organization]) -> HttpResponse:
    context = {
        "cases": content.practice_cases().values(),
        "schools": schools,
        "cadence": doctrine.team_cadence()["practice"],
        "trail": [(_("Cases"), reverse("threat_assessment:cases"))],
    }
    return render(request, "team_meetings/practice.html", context)


@require_GET
def practice_at(request: HttpRequest, slug: str) -> HttpResponse:
    """The same of one school, for whoever comes from what it lacks."""
    school = organization_by_slug(request, slug, Permission.CASE_OPEN)
    return _page(request, [school])


@require_POST
@about_case(Permission.CASE_WRITE)
def practice_end(request: HttpRequest, case: Case) -> HttpResponse:
    try:
        acts.end_practice(actor=current_person(request), case=case)
    except Refusal as refusal:
        return refuse(request, case, refusal)
    messages.success(
        request, _("The practice is over. Talk about what you would do again, and what you would not.")
    )
    return redirect("threat_assessment:case", number=case.number)
