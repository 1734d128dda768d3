"""The doors of the pages about one report: 404 for what a person may not know of, 403 with whom to ask for
what their role leaves out."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render

from security_center.foundation.clock import now
from security_center.foundation.organizations.looking import made_for
from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.organizations.policies import NotAllowed
from security_center.foundation.organizations.views.lookups import current_person, in_zone_of
from security_center.prevention.queries import readers_in_calendar, readers_on_duty

from .. import policies, queries
from ..models import Report

__all__ = ["about_report", "current_person", "found", "in_zone_of", "refused"]

View = Callable[..., HttpResponseBase]


def about_report(permission: Permission, *, destroyed_too: bool = False) -> Callable[[View], View]:
    """A view about one report by its number, in the time zone of its desk. Of a destroyed report only its own
    page is left, unless told otherwise."""

    def decorate(view: View) -> View:
        @wraps(view)
        def checked(request: HttpRequest, number: str, **kwargs: Any) -> HttpResponseBase:
            person, report = current_person(request), queries.report_by_number(number)
            if report is None:
                raise Http404
            with made_for(policies.looking_at(person, report)), in_zone_of(report.desk):
                # Whoever may do something with it may know of it
                if not policies.can(person, permission, report):
                    if not policies.may_know(person, report):
                        raise Http404
                    return refused(request, report)
                if report.shredded_at is not None and not destroyed_too:
                    return redirect("reporting:report", number=report.number)
                try:
                    return view(request, report, **kwargs)
                except NotAllowed:
                    return refused(request, report)

        return checked

    return decorate


def found(request: HttpRequest, number: str) -> Report:
    try:
        return queries.known_report(current_person(request), number)
    except queries.ReportUnknown:
        raise Http404 from None


def refused(request: HttpRequest, report: Report) -> HttpResponse:
    """The person may know of the report but not do this: say who can."""
    readers = readers_on_duty(report.desk, now()) or readers_in_calendar(report.desk)
    readers = [person for person in readers if policies.can(person, Permission.REPORT_READ, report)]
    may_start_session = policies.may_start_access_session(current_person(request), report)
    return render(
        request,
        "reporting/desk/refused.html",
        {"report": report, "readers": readers, "may_start_session": may_start_session},
        status=403,
    )
