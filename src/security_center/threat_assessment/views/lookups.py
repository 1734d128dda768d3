"""The doors of the pages about one case: 404 for what a person may not know of, 403 with whom to ask for what
they may know of but not read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from security_center.foundation.organizations.looking import made_for
from security_center.foundation.organizations.models import Person
from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.organizations.policies import NotAllowed, any_of
from security_center.foundation.organizations.views.lookups import current_person, in_zone_of

from .. import policies, queries
from ..actions.case_access import look
from ..actions.case_opening import team_of
from ..models import Case

__all__ = ["about_case", "act_page", "back", "current_person", "door", "in_zone_of", "refused", "seen_page"]

View = Callable[..., HttpResponseBase]


@contextmanager
def door(person: Person, number: str) -> Iterator[Case]:
    """Inside, pages are made for this person, about the case of this number. Http404 where they may not know
    of it."""
    case = queries.case_by_number(number)
    if case is None:
        raise Http404
    with made_for(policies.looking_at(person, case)):
        if not policies.may_know(person, case):
            raise Http404
        yield case


def about_case(permission: Permission) -> Callable[[View], View]:
    """A view about one case by its number, in the time zone of its school. The view gets (request, case,
    **the other arguments)."""

    def decorate(view: View) -> View:
        @wraps(view)
        def checked(request: HttpRequest, number: str, **kwargs: Any) -> HttpResponseBase:
            person = current_person(request)
            with door(person, number) as case, in_zone_of(case.school):
                if not policies.can(person, permission, case):
                    return refused(request, case)
                try:
                    return view(request, case, **kwargs)
                except NotAllowed:
                    return refused(request, case)

        return checked

    return decorate


def refused(request: HttpRequest, case: Case) -> HttpResponse:
    """The person may know of the case but not read it: say who can."""
    context = {
        "case": case,
        "team": team_of(case),
        "is_officer": policies.is_officer(current_person(request), case),
        "may_break_glass": policies.may_break_glass(current_person(request), case),
        "may_list": any_of(current_person(request), [Permission.CASE_JOIN, Permission.CASE_LIST]),
        "may_name_lead": case.open and policies.can(current_person(request), Permission.CASE_TEAM, case),
    }
    return render(request, "threat_assessment/refused.html", context, status=403)


def back(case: Case, place: str = "") -> HttpResponse:
    """To the case's page, at the place where the person was."""
    return redirect(reverse("threat_assessment:case", args=[case.number]) + (f"#{place}" if place else ""))


def seen_page(request: HttpRequest, case: Case) -> queries.CasePage:
    """What the case's page says to whoever looks; the look is recorded."""
    person = current_person(request)
    return queries.CasePage(person, case, look(actor=person, case=case))


def act_page(
    request: HttpRequest, case: Case, template: str, form: forms.Form | None, /, **more: Any
) -> HttpResponse:
    """A page for one act about a case: where it stands above (threat_assessment/_act_head.html), the form,
    the way back. `template`: its name, with its room before it where that is another."""
    trail = [
        (_("Cases"), reverse("threat_assessment:cases")),
        (case.number, reverse("threat_assessment:case", args=[case.number])),
    ]
    named = template if "/" in template else f"threat_assessment/{template}"
    return render(request, f"{named}.html", {"case": case, "form": form, "trail": trail, **more})
