"""The register as an administrator sees it: how many students there are, the files that came, and what each
would change or changed."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from security_center.foundation.organizations.models import Organization
from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.organizations.policies import NotAllowed
from security_center.foundation.organizations.views.lookups import (
    current_person,
    in_zone_of,
    organization_by_slug,
)

from . import actions, queries, wording
from .forms import ApplyForm, OneStudentForm, RegisterFileForm
from .models import Grade, Revision, StudentImport

State = StudentImport.State


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """To the register of the one district that the person looks after, or a choice of them."""
    districts = queries.districts_to_import_at(current_person(request))
    if not districts:
        raise NotAllowed(Permission.STUDENT_IMPORT)
    if len(districts) == 1:
        return redirect("students:register", slug=districts[0].slug)
    return render(request, "students/choose_district.html", {"districts": districts})


@require_GET
def register(request: HttpRequest, slug: str) -> HttpResponse:
    district = _district(request, slug)
    with in_zone_of(district):
        return render(
            request, "students/register.html", {"district": district, "page": queries.register_page(district)}
        )


@require_http_methods(["GET", "POST"])
def import_new(request: HttpRequest, slug: str) -> HttpResponse:
    """A file comes in. It is sealed while it arrives, and the worker checks it."""
    district = _district(request, slug)
    posted = request.method == "POST"
    form = RegisterFileForm(
        request.POST if posted else None, request.FILES if posted else None, district=district
    )
    if posted and form.is_valid():
        upload, school = form.cleaned_data["file"], form.schools.get(form.cleaned_data["school"])
        try:
            row = actions.begin_import(
                actor=current_person(request),
                district=district,
                file_id=upload.file_id,
                file_key=upload.file_key,
                whole=form.cleaned_data["whole"] == "yes",
                school=school,
            )
        except actions.OpenImport:
            _discard(upload)
            form.add_error(None, _("Another file waits already. Put it in force or throw it away first."))
        else:
            return redirect("students:import", pk=row.uuid)
    elif posted:
        _discard(request.FILES.get("file"))
    trail = [(_("Students"), reverse("students:register", args=[district.slug]))]
    status = 422 if form.errors else 200
    return render(
        request,
        "students/import_new.html",
        {"district": district, "form": form, "trail": trail},
        status=status,
    )


@require_http_methods(["GET", "POST"])
def enter(request: HttpRequest, slug: str) -> HttpResponse:
    """One student by hand: checked here as a row of a file is, then shown beside whoever is easily taken for
    them, before it is in force."""
    district = _district(request, slug)
    with in_zone_of(district):
        form = OneStudentForm(
            request.POST if request.method == "POST" else None, district=district, today=district.today()
        )
        if form.is_valid():
            try:
                row = actions.begin_single(
                    actor=current_person(request),
                    school=form.schools[form.cleaned_data["school"]],
                    typed=form.typed,
                )
            except actions.OpenImport:
                form.add_error(None, _("Another file waits already. Put it in force or throw it away first."))
            else:
                return redirect("students:import", pk=row.uuid)
        trail = [(_("Students"), reverse("students:register", args=[district.slug]))]
        status = 422 if form.errors else 200
        return render(
            request,
            "students/enter.html",
            {"district": district, "form": form, "trail": trail},
            status=status,
        )


@require_GET
def student_import(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Where the file stands: being checked, what it would change, what it changed."""
    return _show(request, _import(request, pk))


@require_POST
def import_apply(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    row = _import(request, pk)
    form = ApplyForm(request.POST, faulty=bool(row.faulty), many=actions.many_would_leave(row))
    if form.is_valid():
        try:
            actions.apply_import(actor=current_person(request), student_import=row, **form.cleaned_data)
        except actions.RowsWouldBeLeftOut:
            form.add_error(
                "leave_out", _("Mend the rows and send the file again, or say that they are left out.")
            )
        except actions.ManyWouldLeave:
            form.add_error(
                "many_left", _("If the file is only a part, throw it away and send it again as “Some”.")
            )
        except (actions.NotReady, actions.NothingToChange):
            messages.info(request, _("There is nothing to put in force."))
        else:
            messages.success(
                request, _("The register says this now. You can undo it as a whole for a month.")
            )
        if not form.errors:
            return redirect("students:import", pk=row.uuid)
    return _show(request, row, form)


@require_POST
def import_undo(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    row = _import(request, pk)
    try:
        undone = actions.undo_import(actor=current_person(request), student_import=row)
    except actions.CannotBeUndone:
        messages.error(
            request, _("This file cannot be undone any more: a later one stands on it, or a month is over.")
        )
    except actions.OpenImport:
        messages.error(
            request,
            _("Another file waits. Throw it away first: it was checked against what you want to undo."),
        )
    else:
        messages.success(request, _("Undone. The register is as it was before this file."))
        if undone.kept:
            messages.info(
                request,
                ngettext(
                    "%(count)d student who came with it stays, since a case names them.",
                    "%(count)d students who came with it stay, since cases name them.",
                    undone.kept,
                )
                % {"count": undone.kept},
            )
    return redirect("students:import", pk=row.uuid)


@require_POST
def import_discard(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    row = _import(request, pk)
    try:
        actions.discard_import(actor=current_person(request), student_import=row)
    except actions.NotReady:
        messages.error(request, _("This file was put in force or thrown away in the meantime."))
        return redirect("students:import", pk=row.uuid)
    messages.success(request, _("Thrown away. The register is as it was."))
    return redirect("students:register", slug=row.district.slug)


def _discard(upload: Any) -> None:
    """The file of a form that was not taken."""
    if upload is not None:
        upload.discard()


def _district(request: HttpRequest, slug: str) -> Organization:
    return organization_by_slug(request, slug, Permission.STUDENT_IMPORT).district


def _import(request: HttpRequest, pk: uuid.UUID) -> StudentImport:
    return get_object_or_404(queries.imports_visible_to(current_person(request)), uuid=pk)


def _show(request: HttpRequest, row: StudentImport, form: ApplyForm | None = None) -> HttpResponse:
    page = actions.look_at_import(actor=current_person(request), student_import=row)
    if form is None:
        form = ApplyForm(faulty=bool(row.faulty), many=actions.many_would_leave(row))
    context = {
        "row": row,
        "page": page,
        "form": form,
        "figures": _figures(row),
        "faults": [(fault.row, wording.sentence(fault)) for fault in page.faults],
        "more_faults": max(0, row.faulty - len({fault.row for fault in page.faults})),
        "groups": [
            (label, number, [_line(one) for one in page.shown.get(kind, [])])
            for kind, label, number in _kinds(row)
            if number
        ],
        "undoable": actions.can_be_undone(row),
        "trail": [(_("Students"), reverse("students:register", args=[row.district.slug]))],
    }
    with in_zone_of(row.district):
        return render(request, "students/import.html", context, status=422 if form.errors else 200)


def _kinds(row: StudentImport) -> list[tuple[str, Any, int]]:
    return [
        ("new", _("New"), row.came),
        (Revision.Kind.CHANGED, _("Changed"), row.changed),
        (Revision.Kind.MOVED, _("In another school"), row.moved),
        (Revision.Kind.BACK, _("Came back"), row.back),
        (Revision.Kind.LEFT, _("Left"), row.left),
    ]


def _figures(row: StudentImport) -> list[tuple[Any, int]]:
    return [
        (_("Rows in the file"), row.rows),
        *((label, number) for _kind, label, number in _kinds(row)),
        (_("As before"), row.unchanged),
        (_("Rows that cannot be used"), row.faulty),
    ]


def _line(one: queries.Changed) -> tuple[str, str, str]:
    """(name and number, what it is about, what is new)."""
    after, before = one.after, one.before
    place = f"{Grade(after.grade).label}, {after.school.name}"
    told = []
    for column in one.columns:
        name = str(wording.COLUMNS[column])
        if column == "grade" and before is not None:
            told.append(f"{name}: {Grade(before.grade).label} → {Grade(after.grade).label}")
        elif column == "school" and before is not None:
            told.append(f"{name}: {before.school.name} → {after.school.name}")
        else:
            told.append(name)
    return f"{one.identity.name} ({one.identity.identifier})", place, "; ".join(told)
