"""One's own sign-in: the invitation, the second factor, the page about one's account."""

from __future__ import annotations

from allauth.account.forms import ResetPasswordKeyForm
from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from allauth.account.views import PasswordResetFromKeyView
from django.contrib import messages
from django.contrib.auth import logout
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods

from security_center.foundation.refusals import Refusal

from .. import actions, policies, queries, readmission
from ..forms import LanguageForm, PasswordForm
from ..sessions import name_of
from .lookups import current_person


@sensitive_post_parameters("password", "again")
@require_http_methods(["GET", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Set the password once, sign in, go on to the second factor. A second factor that the person has is
    still asked for."""
    try:
        person = actions.open_invitation(token).person
    except Refusal as fault:
        return _refused(request, fault)
    form = PasswordForm(request.POST or None, person=person)
    if form.is_valid():
        try:
            person = actions.accept_invitation(token=token, password=form.cleaned_data["password"])
        except Refusal as fault:
            return _refused(request, fault)
        if request.user.is_authenticated:
            logout(request)  # somebody else was signed in on this computer
        onward = reverse("organizations:second_factor") if not queries.has_second_factor(person) else "/"
        login = Login(user=person, email=person.email, redirect_url=onward)
        entered: HttpResponse = perform_password_login(request, {"email": person.email}, login)
        return entered
    return render(request, "organizations/invitation.html", {"form": form, "someone": person})


def _refused(request: HttpRequest, fault: Refusal) -> HttpResponse:
    status = 404 if isinstance(fault, actions.InvitationUnknown) else 410
    return render(request, "organizations/invitation_refused.html", {"sentence": str(fault)}, status=status)


class NewPasswordForm(ResetPasswordKeyForm):
    def save(self) -> None:
        actions.use_reset_link(actor=self.user, password=self.cleaned_data["password1"])


class NewPassword(PasswordResetFromKeyView):
    """allauth's page behind a link for a new password. It looks at the link first and sets the password
    later: in between another may have."""

    form_class = NewPasswordForm

    def form_valid(self, form: NewPasswordForm) -> HttpResponse:
        try:
            answer: HttpResponse = super().form_valid(form)
        except actions.InvitationUsed:
            answer = self.render_to_response(self.get_context_data(token_fail=True))
        return answer


@require_GET
def second_factor(request: HttpRequest) -> HttpResponse:
    """Choose one: an app or a passkey. Whoever needs one and has none reaches nothing else."""
    if queries.has_second_factor(current_person(request)):
        return redirect("mfa_index")
    return render(
        request,
        "organizations/second_factor.html",
        {
            "needed": policies.needs_second_factor(current_person(request)),
            "by": readmission.set_anew_by(current_person(request)),
        },
    )


@require_http_methods(["GET", "POST"])
def security(request: HttpRequest) -> HttpResponse:
    person = current_person(request)
    form = LanguageForm(request.POST or None, initial={"language": person.language})
    if form.is_valid():
        actions.change_language(actor=person, language=form.cleaned_data["language"])
        messages.success(request, _("The changes are saved."))
        return redirect("organizations:security")
    return render(
        request,
        "organizations/security.html",
        {
            "form": form,
            "state": queries.sign_in_state(person),
            "roles": queries.roles_of(person),
            "access_sessions": queries.open_access_sessions_of(person),
        },
    )


@require_http_methods(["GET", "POST"])
def sign_ins(request: HttpRequest) -> HttpResponse:
    """Where the person is signed in; everywhere else can be ended."""
    here = name_of(request.session.session_key or "")
    if request.method == "POST":
        actions.end_other_sign_ins(actor=current_person(request), here=here)
        messages.success(request, _("You are signed out everywhere else."))
        return redirect("organizations:sign_ins")
    return render(
        request,
        "organizations/sign_ins.html",
        {"sessions": queries.sign_ins_of(current_person(request)), "here": here},
    )


@require_GET
def waiting(request: HttpRequest) -> HttpResponse:
    """What somebody sees who reads nothing until a colleague agrees: whom to ask, and what to do when
    somebody is in danger meanwhile."""
    if current_person(request).waits_since is None:
        return redirect("/")
    person = current_person(request)
    context = {
        "colleagues": readmission.colleagues(person),
        "until": person.waits_until,
        "by": readmission.set_anew_by(person),
    }
    return render(request, "organizations/waiting.html", context)


def signup_closed(request: HttpRequest) -> HttpResponse:
    """allauth asks for an address of this name. Nobody signs themselves up here."""
    raise Http404
