"""Self-harm and child protection: what is due, by whom, and what came of it."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.refusals import Refusal, blame
from security_center.foundation.web.staff_forms import form_data

from .. import content_loader as doctrine
from .. import policies
from ..actions import agency_answers, protective_paths
from ..actions.case_access import look
from ..forms_paths import AgencyForm, PathStepForm, SuspectForm
from ..gate_checks import parent_suspected, reported_parent
from ..models import Case, PathStep
from ..queries.paths import agency_answers_of, path_steps_of
from .lookups import about_case, act_page, current_person
from .sentences import refuse


@require_http_methods(["GET", "POST"])
@about_case(Permission.CASE_WRITE)
def special_paths(request: HttpRequest, case: Case) -> HttpResponse:
    """POST: somebody suspects abuse or neglect."""
    form = SuspectForm(form_data(request))
    if form.is_valid():
        try:
            protective_paths.suspect_abuse(
                actor=current_person(request), case=case, suspected=form.cleaned_data["suspected"]
            )
        except Refusal as refusal:
            blame(form, refusal)
        else:
            messages.warning(
                request, _("The duty to report is yours now. Call the agency; then write it down here.")
            )
            return redirect("threat_assessment:special_paths", number=case.number)
    return _paths_page(request, case, form)


@require_http_methods(["GET", "POST"])
@about_case(Permission.CASE_WRITE)
def agency_note(request: HttpRequest, case: Case) -> HttpResponse:
    """POST: the agency says that the parents may be told. A second member is asked. GET is where the duty
    leads: the page that shows it."""
    if request.method == "GET":
        return redirect("threat_assessment:special_paths", number=case.number)
    form = AgencyForm(request.POST)
    if form.is_valid():
        try:
            agency_answers.note_agency_answer(actor=current_person(request), case=case, **form.cleaned_data)
        except Refusal as refusal:
            blame(form, refusal)
        else:
            messages.success(
                request, _("Written down. The parents are told once a member of another discipline agrees.")
            )
            return redirect("threat_assessment:special_paths", number=case.number)
    return _paths_page(request, case, form)


@require_POST
@about_case(Permission.CASE_WRITE)
def agency_answer(request: HttpRequest, case: Case) -> HttpResponse:
    try:
        row = agency_answers.answer_agency_answer(
            actor=current_person(request), case=case, agree=request.POST.get("agree") == "yes"
        )
    except Refusal as refusal:
        return refuse(request, case, refusal)
    messages.success(
        request,
        _("The parents may be told now.")
        if row.agreed
        else _("Your answer is kept. The parents are not told yet."),
    )
    return redirect("threat_assessment:special_paths", number=case.number)


def _paths_page(request: HttpRequest, case: Case, form: SuspectForm | AgencyForm) -> HttpResponse:
    opened = look(actor=current_person(request), case=case)
    known = doctrine.paths()
    rows = [(said, known[said.row.path].steps[said.row.step]) for said in path_steps_of(case, opened)]
    groups = [
        (path, [(said, step, _answer(said.row)) for said, step in rows if said.row.path == key])
        for key, path in known.items()
    ]
    held = parent_suspected(case)
    member = policies.member_of(current_person(request), case)
    return act_page(
        request,
        case,
        "special_paths",
        form,
        groups=groups,
        held=held,
        rule=doctrine.privacy_rules()["child_abuse"],
        me=current_person(request),
        suspect_form=form if isinstance(form, SuspectForm) else SuspectForm(),
        agency_form=form if isinstance(form, AgencyForm) else AgencyForm(),
        may_note=held and case.open and reported_parent(case) and agency_answers.waiting_for(case) is None,
        answers=[
            (said, member is not None and agency_answers.may_agree(member, said.row))
            for said in agency_answers_of(case, opened)
        ],
    )


def _answer(row: PathStep) -> object:
    return doctrine.paths()[row.path].steps[row.step].answers.get(row.answer)


@require_http_methods(["GET", "POST"])
@about_case(Permission.CASE_WRITE)
def path_step(request: HttpRequest, case: Case, pk: uuid.UUID) -> HttpResponse:
    """One step, and what came of it."""
    row = get_object_or_404(PathStep.objects.select_related("person", "answered_by"), case=case, uuid=pk)
    answers = protective_paths.answers_for(case, row)
    form = PathStepForm(form_data(request), row=row, answers=answers)
    if form.is_valid():
        try:
            protective_paths.answer_path(
                actor=current_person(request), case=case, step=row, **form.cleaned_data
            )
        except Refusal as refusal:
            blame(form, refusal)
        else:
            messages.success(request, _("Written down."))
            return redirect("threat_assessment:special_paths", number=case.number)
    said = next(
        one
        for one in path_steps_of(case, look(actor=current_person(request), case=case))
        if one.row.pk == row.pk
    )
    path = doctrine.paths()[row.path]
    theirs = row.person_id is not None and row.person_id != current_person(request).pk
    return act_page(
        request,
        case,
        "path_step",
        form,
        said=said,
        path=path,
        step=path.steps[row.step],
        answer=_answer(row),
        theirs=theirs,
    )
