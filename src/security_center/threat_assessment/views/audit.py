"""The chair's page: how the cases stand by the measures of an audit, and the cases behind each of its
numbers."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.organizations.policies import NotAllowed, any_of

from ..queries import audit as queries
from .lookups import current_person, in_zone_of

MOST = 200


def _scope(request: HttpRequest) -> queries.Scope:
    if not any_of(current_person(request), [Permission.CASE_LIST]):
        raise NotAllowed(Permission.CASE_LIST)
    try:
        return queries.scope_of(
            current_person(request), request.GET.get("school", "")[:80], request.GET.get("year", "")[:10]
        )
    except queries.NoSuchScope:
        raise Http404 from None


def _asked_for(scope: queries.Scope) -> str:
    chosen = {"school": scope.school.slug if scope.school is not None else "", "year": scope.period.key}
    return "?" + urlencode({key: value for key, value in chosen.items() if value})


@require_GET
def audit(request: HttpRequest) -> HttpResponse:
    """Each measure with how many cases meet it, how many do not, and what an audit found where nobody
    looked."""
    scope = _scope(request)
    with in_zone_of(scope.schools[0]):
        context = {
            "page": queries.audit(scope),
            "query": _asked_for(scope),
            "trail": [(_("Cases"), reverse("threat_assessment:cases"))],
        }
        return render(request, "threat_assessment/audit.html", context)


@require_GET
def audited(request: HttpRequest, measure: str, standing: str) -> HttpResponse:
    """The cases that one number counts. Only those of one's own teams open."""
    scope = _scope(request)
    if measure not in queries.EVERY or standing not in {
        queries.Standing.MET,
        queries.Standing.MISSING,
        queries.Standing.WAITING,
    }:
        raise Http404
    with in_zone_of(scope.schools[0]):
        found = queries.audited_cases(scope, queries.EVERY[measure], queries.Standing(standing))
        rows = found[:MOST]
        words = {
            "met": _("These cases meet it."),
            "missing": _("These cases do not meet it."),
            "waiting": _("Here its time is not over yet."),
        }
        context = {
            "measure": queries.EVERY[measure],
            "scope": scope,
            "rows": rows,
            "mine": queries.read_by(current_person(request), rows),
            "total": len(found),
            "more": len(found) > MOST,
            "what": words[standing],
            "trail": [
                (_("Cases"), reverse("threat_assessment:cases")),
                (_("How the cases stand"), reverse("threat_assessment:audit") + _asked_for(scope)),
            ],
        }
        return render(request, "threat_assessment/audited.html", context)
