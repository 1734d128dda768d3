"""The connectedness check: each adult marks whose adult they are; who has nobody is a list for the
counselor."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from security_center.foundation.notifications.actions import mark_read_about
from security_center.foundation.organizations.models import Organization
from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.organizations.policies import NotAllowed, has, require
from security_center.foundation.organizations.queries import people_with_any_role
from security_center.foundation.organizations.views.lookups import (
    current_person,
    in_zone_of,
    organization_by_slug,
)
from security_center.foundation.students.models import Grade

from .. import connected_pages as pages
from ..actions import connecting
from ..forms_connectedness import PairsForm
from ..models import Check

View = Callable[..., HttpResponseBase]


def about_check(permission: Permission) -> Callable[[View], View]:
    def decorate(view: View) -> View:
        @wraps(view)
        def checked(request: HttpRequest, pk: uuid.UUID, **kwargs: Any) -> HttpResponseBase:
            try:
                check = pages.known_check(current_person(request), pk)
            except pages.CheckUnknown:
                raise Http404 from None
            require(current_person(request), permission, check.school)
            with in_zone_of(check.school):
                return view(request, check, **kwargs)

        return checked

    return decorate


def _trail(check: Check | None = None) -> list[tuple[str, str]]:
    trail = [(_("Connectedness"), reverse("prevention:connectedness"))]
    return [*trail, (check.school.name, check.path)] if check is not None else trail


@require_GET
def connectedness(request: HttpRequest) -> HttpResponse:
    schools = pages.schools_seen_by(current_person(request))
    if not schools:
        raise NotAllowed(Permission.CONNECTEDNESS_MARK)
    return _schools(request, schools)


@require_GET
def connectedness_at(request: HttpRequest, slug: str) -> HttpResponse:
    """The same of one school, for whoever comes from what it lacks."""
    return _schools(request, [organization_by_slug(request, slug, Permission.CONNECTEDNESS_MARK)])


def _schools(request: HttpRequest, schools: list[Organization]) -> HttpResponse:
    lines = [
        (line, has(current_person(request), Permission.CONNECTEDNESS_LEAD, line.school))
        for line in pages.school_lines(schools)
    ]
    return render(request, "prevention/connectedness.html", {"lines": lines})


@require_POST
def connectedness_begin(request: HttpRequest, slug: str) -> HttpResponse:
    school = organization_by_slug(request, slug, Permission.CONNECTEDNESS_LEAD)
    try:
        check = connecting.begin_check(actor=current_person(request), school=school)
    except connecting.NoRegister:
        messages.error(
            request,
            _("No student of this school is in the register yet. The administrator brings them in first."),
        )
    except connecting.AlreadyBegun:
        messages.error(request, _("This half-year’s check was begun already."))
    else:
        messages.success(
            request, _("The check has begun. Ask each adult of the school to mark whose adult they are.")
        )
        return redirect("prevention:connectedness_check", pk=check.uuid)
    return redirect("prevention:connectedness")


@require_GET
@about_check(Permission.CONNECTEDNESS_MARK)
def connectedness_check(request: HttpRequest, check: Check) -> HttpResponse:
    lines = pages.grade_lines(check)
    context = {
        "check": check,
        "lines": lines,
        "students": sum(line.students for line in lines),
        "named": sum(line.named for line in lines),
        "may_lead": has(current_person(request), Permission.CONNECTEDNESS_LEAD, check.school),
        "trail": _trail(),
    }
    return render(request, "prevention/connectedness_check.html", context)


@require_http_methods(["GET", "POST"])
@about_check(Permission.CONNECTEDNESS_MARK)
def connectedness_grade(request: HttpRequest, check: Check, grade: str) -> HttpResponse:
    """A grade, sixty at a time: press beside each student whose adult you are. That somebody reads the names
    is recorded."""
    if grade not in Grade.values:
        raise Http404
    after = request.GET.get("after", "0")
    last = int(after) if after.isdecimal() and len(after) < 12 else 0
    if request.method == "POST":
        numbers = {
            name: [int(one) for one in request.POST.getlist(name) if one.isdecimal() and len(one) < 12]
            for name in ("shown", "mine")
        }
        connecting.mark_mine(
            actor=current_person(request),
            check=check,
            shown=numbers["shown"][:100],
            mine=numbers["mine"][:100],
        )
        messages.success(request, _("Saved."))
        following = request.POST.get("following", "")
        if following.isdecimal() and following != "0":
            return redirect(f"{request.path}?after={following}")
        return redirect("prevention:connectedness_check", pk=check.uuid)
    connecting.look_at_students(
        actor=current_person(request), check=check, permission=Permission.CONNECTEDNESS_MARK
    )
    lines, following_id = pages.sheet(current_person(request), check, grade, last)
    context = {
        "check": check,
        "grade": Grade(grade).label,
        "lines": lines,
        "following": following_id,
        "trail": _trail(check),
    }
    return render(request, "prevention/connectedness_grade.html", context)


@require_GET
def connectedness_without(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Who has nobody: for the counselor. The duty leads here, also those whom it rings last: they see how
    many, whom to ask, and no name."""
    try:
        check, by_name = pages.rung_check(current_person(request), pk)
    except pages.CheckUnknown:
        raise Http404 from None
    mark_read_about(actor=current_person(request), path=request.path)
    if not by_name:
        ask = people_with_any_role(check.school, connecting.FOLLOWED_UP_BY)
        return render(
            request,
            "prevention/connectedness_without.html",
            {"check": check, "count": len(connecting.without_adult(check)), "ask": ask},
        )
    require(current_person(request), Permission.CONNECTEDNESS_LEAD, check.school)
    connecting.look_at_students(
        actor=current_person(request), check=check, permission=Permission.CONNECTEDNESS_LEAD
    )
    lines, count = pages.alone(check)
    return render(
        request,
        "prevention/connectedness_without.html",
        {"check": check, "lines": lines, "count": count, "trail": _trail(check)},
    )


@require_http_methods(["GET", "POST"])
@about_check(Permission.CONNECTEDNESS_LEAD)
def connectedness_pairs(request: HttpRequest, check: Check) -> HttpResponse:
    """Pairs of student number and adult, for adults who do not sign in here: all of them, or none."""
    form, faults = PairsForm(request.POST or None), []
    if form.is_valid():
        try:
            connecting.import_pairs(
                actor=current_person(request), check=check, text=form.cleaned_data["rows"]
            )
        except connecting.FaultyPairs as refusal:
            faults = refusal.faults
            form.add_error("rows", _("Nothing was entered yet. Mend the lines below, then send all again."))
        else:
            messages.success(request, _("Saved."))
            return redirect("prevention:connectedness_check", pk=check.uuid)
    context = {"check": check, "form": form, "faults": faults, "trail": _trail(check)}
    return render(request, "prevention/connectedness_pairs.html", context, status=422 if form.errors else 200)


@require_POST
@about_check(Permission.CONNECTEDNESS_LEAD)
def connectedness_end(request: HttpRequest, check: Check) -> HttpResponse:
    try:
        count = connecting.end_check(actor=current_person(request), check=check)
    except connecting.AlreadyEnded:
        messages.error(request, _("The check was ended already."))
    else:
        found = _("The check is ended. The counselor is asked to find an adult for those who have none.")
        messages.success(request, found if count else _("The check is ended. Everybody has somebody."))
    return redirect("prevention:connectedness_check", pk=check.uuid)
