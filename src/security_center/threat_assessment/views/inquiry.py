"""Sources and interviews: whom the team asks, and what they said. Typing survives a broken line and a second
editor."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.refusals import Refusal, blame
from security_center.foundation.vault.columns import shown, shown_all
from security_center.foundation.vault.opened_rows import open_rows
from security_center.foundation.vault.records import OpenRecord
from security_center.foundation.web.staff_forms import form_data, to_version

from .. import content_loader as doctrine
from .. import queries
from ..actions import inquiry
from ..actions.case_access import look
from ..actions.edit_conflicts import ChangedMeanwhile
from ..actions.state_transitions import NotATransition
from ..forms_inquiry import BeginInterviewForm, InterviewForm, SettleSourceForm, SourceFilesForm, SourceForm
from ..models import Case, Interview, Source
from .lookups import about_case, act_page, current_person
from .second_writer import keep

TEXTS = inquiry.TEXTS


@require_http_methods(["GET", "POST"])
@about_case(Permission.CASE_WRITE)
def sources(request: HttpRequest, case: Case) -> HttpResponse:
    """Everybody and everything that is asked, by group; a new one is added below."""
    officer = queries.is_officer(current_person(request), case)
    form = SourceForm(form_data(request), officer=officer)
    if form.is_valid():
        try:
            source = inquiry.add_source(actor=current_person(request), case=case, **form.given)
        except Refusal as refusal:
            blame(form, refusal)
        else:
            messages.success(request, _("Added: %(what)s.") % {"what": doctrine.sources()[source.kind].label})
            return redirect("threat_assessment:sources", number=case.number)
    opened = look(actor=current_person(request), case=case)
    rows = open_rows(opened, queries.visible_sources(current_person(request), case), "name", "note")
    held = [row.source_id for row in queries.visible_interviews(current_person(request), case)]
    groups = [
        (
            label,
            [
                (one, doctrine.sources()[one.row.kind], held.count(one.row.pk))
                for one in rows
                if doctrine.sources()[one.row.kind].group == key
            ],
        )
        for key, label in doctrine.source_groups().items()
    ]
    named = {one.row.kind for one in rows}
    always = [
        kind
        for kind in doctrine.sources().values()
        if kind.always and kind.key not in named and (not officer or kind.group != "records")
    ]
    return act_page(
        request,
        case,
        "sources",
        form,
        groups=groups,
        rows=rows,
        always=always,
        minimum=doctrine.minimum_record().values(),
    )


@require_http_methods(["GET", "POST"])
@about_case(Permission.CASE_WRITE)
def source(request: HttpRequest, case: Case, pk: uuid.UUID) -> HttpResponse:
    """One source: what came of it."""
    row = get_object_or_404(queries.visible_sources(current_person(request), case), uuid=pk)
    opened = look(actor=current_person(request), case=case)
    text = shown_all(opened, row, ("name", "note"))
    form = SettleSourceForm(form_data(request), initial={"state": row.state, "note": text["note"]})
    if form.is_valid():
        try:
            inquiry.settle_source(actor=current_person(request), case=case, source=row, **form.cleaned_data)
        except Refusal as refusal:
            blame(form, refusal)
        else:
            messages.success(
                request,
                _("The source is noted: %(state)s.")
                % {"state": Source.State(form.cleaned_data["state"]).label},
            )
            return redirect("threat_assessment:sources", number=case.number)
    return source_page(request, case, row, opened, form)


@require_POST
@about_case(Permission.CASE_WRITE)
def interview_begin(request: HttpRequest, case: Case, pk: uuid.UUID) -> HttpResponse:
    row = get_object_or_404(queries.visible_sources(current_person(request), case), uuid=pk)
    form = BeginInterviewForm(request.POST, officer=queries.is_officer(current_person(request), case))
    if form.is_valid():
        try:
            begun = inquiry.begin_interview(
                actor=current_person(request), case=case, source=row, **form.cleaned_data
            )
        except Refusal as refusal:
            blame(form, refusal)
        else:
            return redirect("threat_assessment:interview", number=case.number, pk=begun.uuid)
    return source_page(request, case, row, look(actor=current_person(request), case=case), begin=form)


def source_page(
    request: HttpRequest,
    case: Case,
    row: Source,
    opened: OpenRecord,
    settle: forms.Form | None = None,
    begin: forms.Form | None = None,
    adding: SourceFilesForm | None = None,
) -> HttpResponse:
    """`adding`: the form of files that could not be kept, with what was typed into it."""
    text = shown_all(opened, row, ("name", "note"))
    kind = doctrine.sources()[row.kind]
    held = queries.visible_interviews(current_person(request), case).filter(source=row)
    return act_page(
        request,
        case,
        "source",
        begin or settle or adding,
        source=row,
        text=text,
        kind=kind,
        rule=doctrine.source_gates()[kind.gate],
        settle_form=settle or SettleSourceForm(initial={"state": row.state, "note": text["note"]}),
        begin_form=begin or BeginInterviewForm(officer=queries.is_officer(current_person(request), case)),
        held=held,
        files_form=adding or SourceFilesForm(),
        files=open_rows(
            opened, queries.visible_files(current_person(request), case).filter(source=row), "name", "shows"
        ),
        is_record=kind.group == "records",
    )


@require_http_methods(["GET", "POST"])
@about_case(Permission.CASE_WRITE)
def interview(request: HttpRequest, case: Case, pk: uuid.UUID) -> HttpResponse:
    """Type while somebody speaks. Save keeps it; with the script on it is kept by itself; “End” is the last
    saving."""
    row = get_object_or_404(queries.visible_interviews(current_person(request), case), uuid=pk)
    opened = look(actor=current_person(request), case=case)
    theirs: dict[str, str] | None = None
    if request.method == "POST":
        form = InterviewForm(request.POST)
        if form.is_valid():
            try:
                saved = _save(request, case, row, form, opened)
            except ChangedMeanwhile as refusal:
                theirs = _texts(opened, refusal.theirs)
                to_version(form, refusal.theirs.version)
            except NotATransition:
                row.refresh_from_db()
                theirs = _texts(opened, row)
                form.add_error(
                    None,
                    _(
                        "The interview was ended meanwhile. What you typed is still below: add it "
                        "as a source or as a finding."
                    ),
                )
            else:
                if saved.ended_at is None:
                    messages.success(request, _("Saved."))
                    return redirect("threat_assessment:interview", number=case.number, pk=row.uuid)
                messages.success(request, _("The interview is ended and kept."))
                return redirect("threat_assessment:source", number=case.number, pk=row.source.uuid)
    else:
        form = InterviewForm(initial={**_texts(opened, row), "version": row.version})
    return act_page(
        request,
        case,
        "interview",
        form,
        interview=row,
        text={
            **_texts(opened, row),
            "place": shown(opened, row, "place"),
            "name": shown(opened, row.source, "name"),
        },
        kind=doctrine.sources()[row.source.kind],
        theirs=theirs,
        versions=queries.earlier_versions(row, opened),
        conduct=doctrine.interview_conduct().values(),
    )


@require_POST
@about_case(Permission.CASE_WRITE)
def interview_keep(request: HttpRequest, case: Case, pk: uuid.UUID) -> HttpResponse:
    """What the script sends while somebody types: keep it, and answer with the new version and the time."""
    row = get_object_or_404(queries.visible_interviews(current_person(request), case), uuid=pk)
    form, state = InterviewForm(request.POST), "kept"
    if not form.is_valid():
        state = "unclear"
    else:
        try:
            row = _save(request, case, row, form, None, by_itself=True)
        except ChangedMeanwhile:
            state = "changed"
        except NotATransition:
            state = "ended"
    return render(request, "threat_assessment/_kept.html", {"case": case, "interview": row, "state": state})


def _save(
    request: HttpRequest,
    case: Case,
    row: Interview,
    form: InterviewForm,
    opened: OpenRecord | None,
    *,
    by_itself: bool = False,
) -> Interview:
    def lies(one: Any) -> dict[str, str]:
        return _texts(opened or look(actor=current_person(request), case=case), one)

    def save(**given: Any) -> Interview:
        return inquiry.save_interview(
            actor=current_person(request),
            case=case,
            interview=row,
            ended="end" in request.POST,
            by_itself=by_itself,
            **given,
        )

    return keep(request, save, dict(form.cleaned_data), lies, lambda: Interview.objects.get(pk=row.pk))


def _texts(opened: OpenRecord, row: Any) -> dict[str, str]:
    return shown_all(opened, row, TEXTS)
