"""The list of cases: which there are and where they stand. What is in them is read by their teams only."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET

from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.organizations.policies import NotAllowed, any_of
from security_center.foundation.web.page_words import capped

from .. import page_parts, queries
from ..queries.incoming import waiting_for
from .lookups import current_person


@require_GET
def cases(request: HttpRequest) -> HttpResponse:
    person = current_person(request)
    if not any_of(person, [Permission.CASE_JOIN, Permission.CASE_LIST]):
        raise NotAllowed(Permission.CASE_LIST)
    page = queries.case_list(person, queries.Filters.from_query(request.GET.dict()))
    context = {
        "page": page,
        "parts": page_parts.parts_of("cases_top", person=person),
        "waiting": waiting_for(person),
        "tabs": _tabs(page),
        "first_url": _address(page.filters.tab) if page.filters.after else "",
        "next_url": _address(page.filters.tab, page.next_after) if page.next_after else "",
        "may_audit": any_of(person, [Permission.CASE_LIST]),
        "may_open": any_of(person, [Permission.CASE_OPEN]),
    }
    return render(request, "threat_assessment/cases.html", context)


def _address(tab: str, after: str = "") -> str:
    return "?" + urlencode({"tab": tab, **({"after": after} if after else {})})


def _tabs(page: queries.CaseList) -> list[dict[str, object]]:
    labels = (
        ("mine", _("Mine")),
        ("open", pgettext("tab", "All open")),
        ("late", pgettext("tab", "Late")),
        ("closed", pgettext("tab", "Closed")),
        ("practice", pgettext("tab", "Practice")),
    )
    return [
        {
            "label": label,
            "url": _address(tab),
            "current": tab == page.filters.tab,
            "count": capped(page.counts[tab]) if tab in page.counts else "",
        }
        for tab, label in labels
    ]
