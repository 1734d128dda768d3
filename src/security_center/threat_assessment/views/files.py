"""Files of a source: add them, look at the clean copy, take the original after a warning, isolate what nobody
may copy."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.refusals import Refusal, blame
from security_center.foundation.vault.attached import FileIsolated, FileNotThere
from security_center.foundation.vault.columns import shown
from security_center.foundation.web.files import file_response

from .. import queries
from ..actions import files as acts
from ..actions.case_access import look
from ..forms_inquiry import SourceFilesForm
from ..models import Case, SourceFile
from .inquiry import source_page
from .lookups import about_case, act_page, current_person
from .sentences import refuse


@require_POST
@about_case(Permission.CASE_WRITE)
def add(request: HttpRequest, case: Case, pk: uuid.UUID) -> HttpResponse:
    """Keep the files that arrived, and say of each other one why it did not. What was typed stays where
    nothing could be kept."""
    row = get_object_or_404(queries.visible_sources(current_person(request), case), uuid=pk)
    form = SourceFilesForm(request.POST, request.FILES)
    lost = [_not_arrived(one.name or "", one.fault) for one in form.uploads if one.fault]
    form.is_valid()
    try:
        added = acts.add_files(
            actor=current_person(request),
            case=case,
            source=row,
            uploads=form.uploads,
            shows=form.cleaned_data.get("shows", ""),
        )
    except Refusal as refusal:
        for one in form.uploads:
            one.discard()
        if lost:
            for said in lost:
                form.add_error("files", said)
        else:
            blame(form, refusal)
        return source_page(request, case, row, look(actor=current_person(request), case=case), adding=form)
    messages.success(request, _("Added. The clean copy takes a moment."))
    for said in lost:
        messages.warning(request, said)
    return _to_source(case, row.uuid, f"file-{added[0].uuid}")


@require_GET
@about_case(Permission.CASE_READ)
def state(request: HttpRequest, case: Case, file: uuid.UUID) -> HttpResponse:
    """How far the cleaning is: the page asks while it waits. What the file shows is read only with the page's
    own look."""
    row = _file(request, case, file)
    shows = (
        shown(look(actor=current_person(request), case=case), row, "shows")
        if row.state == SourceFile.State.CLEANED
        else ""
    )
    return render(request, "threat_assessment/_file_state.html", {"case": case, "file": row, "shows": shows})


@require_GET
@about_case(Permission.CASE_READ)
def clean(request: HttpRequest, case: Case, file: uuid.UUID) -> HttpResponseBase:
    """The clean copy. Each look is recorded."""
    return _bytes(request, case, _file(request, case, file), original=False)


@require_http_methods(["GET", "POST"])
@about_case(Permission.CASE_WRITE)
def original(request: HttpRequest, case: Case, file: uuid.UUID) -> HttpResponseBase:
    """A page that warns; its button downloads the original as it came."""
    row = _file(request, case, file)
    if request.method == "POST":
        return _bytes(request, case, row, original=True)
    if row.file_id is None or row.state == SourceFile.State.ISOLATED:
        return refuse(
            request, case, FileIsolated() if row.state == SourceFile.State.ISOLATED else FileNotThere()
        )
    isolate_url = reverse("threat_assessment:file_isolate", args=[case.number, row.uuid])
    return act_page(
        request,
        case,
        "file_original",
        None,
        isolate_url=isolate_url,
        page_url=_page_of(case, row.source.uuid),
    )


@require_http_methods(["GET", "POST"])
@about_case(Permission.CASE_WRITE)
def isolate(request: HttpRequest, case: Case, file: uuid.UUID) -> HttpResponse:
    """A sexual image of a minor, or what may be one."""
    row = _file(request, case, file)
    if request.method == "POST":
        try:
            acts.isolate(actor=current_person(request), case=case, file=row)
        except Refusal as refusal:
            return refuse(request, case, refusal)
        messages.success(
            request, _("The file is isolated and kept for law enforcement. Nobody can open or copy it here.")
        )
        return _to_source(case, row.source.uuid, "files")
    return act_page(request, case, "file_isolate", None, page_url=_page_of(case, row.source.uuid))


def _file(request: HttpRequest, case: Case, file: uuid.UUID) -> SourceFile:
    return get_object_or_404(queries.visible_files(current_person(request), case), uuid=file)


def _page_of(case: Case, source: uuid.UUID) -> str:
    return reverse("threat_assessment:source", args=[case.number, source])


def _to_source(case: Case, source: uuid.UUID, place: str) -> HttpResponse:
    return redirect(f"{_page_of(case, source)}#{place}")


def _bytes(request: HttpRequest, case: Case, row: SourceFile, *, original: bool) -> HttpResponseBase:
    try:
        chunks = acts.hand_out(actor=current_person(request), case=case, file=row, original=original)
    except Refusal as refusal:
        return refuse(request, case, refusal)
    return file_response(chunks, row, f"{case.number}-{row.pk}", original=original)


def _not_arrived(name: str, fault: str) -> str:
    """Why this file was not kept, and what to do."""
    reasons = {
        "too_large": _("it is larger than 100 MB. Send a shorter or smaller one"),
        "no_space": _("the disk is full. Tell your administrator"),
        "empty": _("it is empty"),
        "too_many": _("only 10 files fit into one sending. Send it again by itself"),
    }
    broken = _("it broke off on the way. Choose it again")
    return _("“%(name)s” did not arrive: %(reason)s.") % {
        "name": name or _("A file"),
        "reason": reasons.get(fault, broken),
    }
