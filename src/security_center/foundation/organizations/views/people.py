"""People: list, one person, entering, changing, roles, leaving."""

from __future__ import annotations

from allauth.account.decorators import reauthentication_required
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from security_center.foundation.refusals import Refusal, blame

from .. import actions, policies, queries, readmission
from ..forms import ROLE_LINES, LeavingForm, NewPersonForm, PersonForm, RoleForm, SupervisionForm
from ..models import Person, Role
from ..permissions import Permission
from .lookups import current_person, person_for


@require_GET
def people(request: HttpRequest) -> HttpResponse:
    if not policies.any_of(current_person(request), [Permission.PEOPLE_VIEW]):
        raise policies.NotAllowed(Permission.PEOPLE_VIEW)
    page = queries.people_page(
        current_person(request),
        text=request.GET.get("q", ""),
        organization=request.GET.get("organization", ""),
        place=request.GET.get("place", ""),
        left=request.GET.get("left") == "yes",
        after=request.GET.get("after", ""),
    )
    following = request.GET.copy()
    following["after"] = str(page.next_after or "")
    start = request.GET.copy()
    start.pop("after", None)
    return render(
        request,
        "organizations/people.html",
        {
            "page": page,
            "organizations": queries.few_places(current_person(request)),
            "may_edit": policies.any_of(current_person(request), [Permission.PEOPLE_EDIT]),
            "next_url": f"?{following.urlencode()}" if page.next_after else "",
            "previous_url": f"?{start.urlencode()}" if request.GET.get("after") else "",
        },
    )


@require_http_methods(["GET", "POST"])
def person_add(request: HttpRequest) -> HttpResponse:
    if not policies.any_of(current_person(request), [Permission.PEOPLE_EDIT]):
        raise policies.NotAllowed(Permission.PEOPLE_EDIT)
    form = NewPersonForm(
        request.POST or None,
        actor=current_person(request),
        initial={"organization": request.GET.get("organization")},
    )
    if form.is_valid():
        try:
            person = actions.add_person(actor=current_person(request), **form.cleaned_data)
        except Refusal as fault:
            blame(form, fault)
        else:
            messages.success(
                request,
                _("%(name)s is entered. Make the link with which they set their password.")
                % {"name": person.name},
            )
            return redirect("organizations:person", pk=person.pk)
    return render(request, "organizations/person_add.html", {"form": form, "role_lines": _role_lines()})


@require_GET
def person(request: HttpRequest, pk: int) -> HttpResponse:
    someone = person_for(request, pk, Permission.PEOPLE_VIEW)
    return _person_page(request, someone)


@require_http_methods(["GET", "POST"])
def person_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """One's own takes a fresh proof: messages and links go to the address, and a screen may stand
    unlocked."""
    asked: HttpResponse = reauthentication_required(_person_edit, enabled=pk == request.user.pk)(request, pk)
    return asked


def _person_edit(request: HttpRequest, pk: int) -> HttpResponse:
    someone = _editable(request, pk)
    form = PersonForm(request.POST or None, person=someone)
    if form.is_valid():
        try:
            actions.change_person(actor=current_person(request), person=someone, **form.cleaned_data)
        except Refusal as fault:
            blame(form, fault)
        else:
            messages.success(request, _("The changes are saved."))
            return redirect("organizations:person", pk=someone.pk)
    return render(request, "organizations/person_edit.html", {"form": form, "someone": someone})


@require_POST
def role_give(request: HttpRequest, pk: int) -> HttpResponse:
    someone = _editable(request, pk)
    form = RoleForm(request.POST, actor=current_person(request))
    if form.is_valid():
        try:
            actions.assign_role(actor=current_person(request), person=someone, **form.cleaned_data)
        except Refusal as fault:
            blame(form, fault)
        else:
            messages.success(request, _("The role is given."))
            return redirect("organizations:person", pk=someone.pk)
    return _person_page(request, someone, role_form=form)


@require_POST
def role_end(request: HttpRequest, pk: int, assignment: int) -> HttpResponse:
    someone = person_for(request, pk, Permission.PEOPLE_EDIT)
    held = next(
        (role for role in queries.roles_of(someone, viewer=current_person(request)) if role.pk == assignment),
        None,
    )
    if held is None:
        raise Http404
    try:
        actions.end_role(actor=current_person(request), assignment=held)
    except Refusal as fault:
        messages.error(request, str(fault))
    else:
        messages.success(request, _("The role has ended."))
    return redirect("organizations:person", pk=someone.pk)


@require_POST
def supervision_set(request: HttpRequest, pk: int) -> HttpResponse:
    someone = _editable(request, pk)
    form = SupervisionForm(request.POST, person=someone)
    if form.is_valid():
        try:
            actions.set_supervision(
                actor=current_person(request), supervisor=form.cleaned_data["supervisor"], supervised=someone
            )
        except Refusal as fault:
            blame(form, fault)
        else:
            messages.success(request, _("Saved. A report about the one will not rest with the other."))
            return redirect("organizations:person", pk=someone.pk)
    return _person_page(request, someone, supervision_form=form)


@require_POST
def supervision_remove(request: HttpRequest, pk: int, supervisor: int) -> HttpResponse:
    someone = _editable(request, pk)
    actions.remove_supervision(
        actor=current_person(request),
        supervisor=get_object_or_404(queries.supervisors_of(someone), pk=supervisor),
        supervised=someone,
    )
    messages.success(request, _("Saved."))
    return redirect("organizations:person", pk=someone.pk)


@require_POST
def person_invite(request: HttpRequest, pk: int) -> HttpResponse:
    """The link stands on this one answer only: it is stored nowhere, so it cannot be shown again."""
    someone = _editable(request, pk)
    try:
        path = actions.invite(actor=current_person(request), person=someone)
    except Refusal as fault:
        messages.error(request, str(fault))
        return redirect("organizations:person", pk=someone.pk)
    return render(
        request,
        "organizations/invitation_made.html",
        {"someone": someone, "link": settings.SSC_STAFF_URL + path, "days": actions.INVITATION_DAYS},
    )


@require_http_methods(["GET", "POST"])
def person_leave(request: HttpRequest, pk: int) -> HttpResponse:
    someone = _editable(request, pk)
    form = LeavingForm(request.POST or None)
    if form.is_valid():
        try:
            actions.leave(actor=current_person(request), person=someone)
        except Refusal as fault:
            blame(form, fault)
        else:
            messages.success(
                request,
                _("%(name)s has left. Their roles have ended and their duties are handed over.")
                % {"name": someone.name},
            )
            return redirect("organizations:person", pk=someone.pk)
    return render(
        request,
        "organizations/person_leave.html",
        {
            "form": form,
            "someone": someone,
            "roles": queries.roles_of(someone, viewer=current_person(request)),
        },
    )


@require_POST
def person_readmit(request: HttpRequest, pk: int) -> HttpResponse:
    someone = _editable(request, pk)
    actions.readmit(actor=current_person(request), person=someone)
    messages.success(
        request, _("%(name)s is back. Give them a role and make a new link.") % {"name": someone.name}
    )
    return redirect("organizations:person", pk=someone.pk)


@require_POST
def second_factor_reset(request: HttpRequest, pk: int) -> HttpResponse:
    someone = _editable(request, pk)
    actions.reset_second_factor(actor=current_person(request), person=someone)
    messages.success(
        request,
        _("The second factor is removed. %(name)s sets up a new one at the next sign-in.")
        % {"name": someone.name},
    )
    return redirect("organizations:person", pk=someone.pk)


@require_http_methods(["GET", "POST"])
def let_in(request: HttpRequest, pk: int) -> HttpResponse:
    """A colleague says that somebody whose sign-in was set anew is really that person."""
    someone = get_object_or_404(Person, pk=pk, is_active=True)
    if not readmission.may_let_in(current_person(request), someone):
        raise Http404
    if request.method == "POST":
        actions.let_in(actor=current_person(request), person=someone)
        messages.success(request, _("%(name)s reads again.") % {"name": someone.name})
        return redirect("/")
    return render(request, "organizations/let_in.html", {"someone": someone})


def _editable(request: HttpRequest, pk: int) -> Person:
    someone = person_for(request, pk, Permission.PEOPLE_EDIT)
    policies.require_edit_person(current_person(request), someone)
    return someone


def _person_page(
    request: HttpRequest,
    someone: Person,
    role_form: RoleForm | None = None,
    supervision_form: SupervisionForm | None = None,
) -> HttpResponse:
    viewer = current_person(request)
    may_edit = policies.may_edit_person(viewer, someone)
    context = {
        "someone": someone,
        "state": queries.sign_in_state(someone),
        "roles": queries.roles_of(someone, viewer=current_person(request)),
        "supervisors": queries.supervisors_of(someone),
        "supervised": queries.supervised_by(someone),
        "may_edit": may_edit,
        "shared": not may_edit and policies.any_of(viewer, [Permission.PEOPLE_EDIT]),
        "role_lines": _role_lines(),
        "facts": [
            (_("E-mail address"), someone.email),
            (_("Job title"), someone.job_title or "—"),
            (_("Phone"), someone.phone or "—"),
            (_("Entered at"), someone.organization or "—"),
            (_("Language"), dict(settings.LANGUAGES).get(someone.language, someone.language)),
        ],
        "trail": [(_("People"), reverse("organizations:people"))],
    }
    if may_edit and someone.is_active:
        context["role_form"] = role_form or RoleForm(actor=viewer)
        context["supervision_form"] = supervision_form or SupervisionForm(person=someone)
    failed = any(form is not None and form.errors for form in (role_form, supervision_form))
    return render(request, "organizations/person.html", context, status=200 if not failed else 422)


def _role_lines() -> list[tuple[str, str]]:
    return [(str(Role(role).label), str(line)) for role, line in ROLE_LINES.items()]
