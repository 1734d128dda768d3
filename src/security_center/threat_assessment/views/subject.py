"""Who the student of a case is: look up by two things, see who is easily taken for them, compare, confirm. Or
write down that nobody knows yet."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.refusals import Refusal, blame
from security_center.foundation.students.actions import open_student
from security_center.foundation.students.queries import Match, NothingToLookFor, student_by_uuid
from security_center.foundation.vault.columns import shown
from security_center.foundation.web.staff_forms import form_data

from ..actions import student_identity
from ..actions.case_access import look
from ..forms_subject import ConfirmForm, DescribeForm, LookUpForm
from ..models import Case
from ..queries import subject
from .lookups import about_case, act_page, back, current_person


@require_http_methods(["GET", "POST"])
@about_case(Permission.CASE_WRITE)
def case_subject(request: HttpRequest, case: Case) -> HttpResponse:
    """What is known, and the look-up. What was found is shown on this answer only: no address carries a
    name."""
    name = shown(look(actor=current_person(request), case=case), case, "subject_name")
    form = LookUpForm(form_data(request), initial={"student_name": name})
    found: list[Match] | None = None
    if form.is_valid():
        try:
            found = student_identity.look_for_student(
                actor=current_person(request), case=case, **form.words()
            )
        except NothingToLookFor:
            form.add_error(
                "student_name", _("Write a name or a student number. A date of birth alone finds nobody.")
            )
        except Refusal as refusal:
            blame(form, refusal)
    return _show(request, case, form, found=found)


@require_POST
@about_case(Permission.CASE_WRITE)
def case_subject_confirm(request: HttpRequest, case: Case, pk: UUID) -> HttpResponse:
    """It is this student: with what was compared."""
    student = student_by_uuid(case.district_id, str(pk))
    if student is None:
        raise Http404
    form = ConfirmForm(request.POST)
    if form.is_valid():
        try:
            student_identity.confirm_student(
                actor=current_person(request),
                case=case,
                student=student,
                compared=form.cleaned_data["compared"],
            )
        except Refusal as refusal:
            blame(form, refusal)
        else:
            messages.success(request, _("Noted who the student is, and what you compared."))
            return back(case)
    match = open_student(actor=current_person(request), organization=case.school, student=student)
    return _show(request, case, LookUpForm(), found=[match], confirm=form)


@require_POST
@about_case(Permission.CASE_WRITE)
def case_subject_describe(request: HttpRequest, case: Case) -> HttpResponse:
    """Somebody whom the register does not hold, in words; or nobody yet."""
    form = DescribeForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        try:
            student_identity.describe_student(
                actor=current_person(request),
                case=case,
                name=given["student_name"],
                facts=given["facts"],
                compared=given["compared"],
            )
        except Refusal as refusal:
            blame(form, refusal)
        else:
            messages.success(request, _("Written down."))
            return back(case)
    return _show(request, case, LookUpForm(), describe=form)


def _show(
    request: HttpRequest,
    case: Case,
    form: LookUpForm,
    *,
    found: list[Match] | None = None,
    confirm: ConfirmForm | None = None,
    describe: DescribeForm | None = None,
) -> HttpResponse:
    opened = look(actor=current_person(request), case=case)
    texts = {name: shown(opened, case, name) for name in ("subject_name", "subject_facts")}
    others = subject.open_cases_about(
        current_person(request), [match.student for match in found or []], apart_from=case
    )
    register = subject.has_register(case.district) and not case.practice
    describe = describe or DescribeForm(
        initial={"student_name": texts["subject_name"], "facts": texts["subject_facts"]}
    )
    failed: forms.Form = next(
        (one for one in (confirm, describe, form) if one is not None and one.errors), form
    )
    matches: list[dict[str, Any]] = [
        {
            "match": match,
            "form": confirm or ConfirmForm(auto_id=f"id_{match.student.pk}_%s"),
            "cases": others.get(match.student.pk, []),
        }
        for match in found or []
    ]
    more = {
        "look_form": form,
        "matches": matches,
        "several": len(matches) > 1,
        "looked": found is not None,
        "register": register,
        "describe": describe,
        "texts": texts,
    }
    return act_page(request, case, "subject", failed, **more)
