"""The staff program's door: everything is behind sign-in unless it is named here."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.urls import reverse
from django.utils import timezone, translation
from django.views.defaults import permission_denied
from django_htmx.http import HttpResponseClientRedirect
from django_scopes import scope

from security_center.foundation.vault.provider import VaultLocked

from . import actions, policies, queries, second_factor
from .adapters import SecondFactorUnreadable
from .models import Person

# What answers without a sign-in. Anything else, unknown addresses included, asks for one first: a new page is
# closed until somebody names it.
OPEN_PATHS = frozenset(
    {
        "/account/inactive/",
        "/account/login/",
        "/account/logout/",
        "/favicon.ico",
        "/healthz",
        "/healthz/",
        "/language/",
        "/metrics",
        "/readyz",
        "/readyz/",
    }
)
OPEN_PREFIXES = (
    "/account/2fa/authenticate/",
    "/account/2fa/webauthn/login/",
    "/account/oidc/",
    "/account/password/reset/",
    "/account/saml/",
    "/alerts/test/",
    "/invitation/",
    "/static/",
)
# What somebody reaches who still has to set up their second factor.
WAITING = "/account/waiting/"
SET_UP_PREFIXES = ("/account/2fa/", "/account/reauthenticate/", "/account/second-factor/")


class SignedInPersonMiddleware:
    """Deny by default, second factor where the role needs one, the person's language, and the tenant scope of
    their districts."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        path = request.path_info
        if "\x00" in path or "%00" in request.META.get("QUERY_STRING", ""):
            # No address of ours has one, and PostgreSQL would refuse the query with a fault
            raise BadRequest("a NUL in an address")
        is_open = path in OPEN_PATHS or path.startswith(OPEN_PREFIXES)
        if path.startswith(("/healthz", "/readyz", "/static/")) or path == "/metrics":
            return self.get_response(request)
        person = request.user
        if not isinstance(person, Person) or not person.is_active:
            if is_open:
                return self._within(request, [])
            return self._to(
                request, redirect_to_login(request.get_full_path(), resolve_url("account_login")).url
            )
        if second_factor.is_from_the_future(request, person):
            logout(request)
            return self._to(request, resolve_url("account_login"))
        if person.language:
            translation.activate(person.language)
            request.LANGUAGE_CODE = translation.get_language()
        if not is_open and policies.needs_second_factor(person):
            if not queries.has_second_factor(person):
                if not path.startswith(SET_UP_PREFIXES):
                    return self._to(request, reverse("organizations:second_factor"))
            elif not second_factor.passed(request, person):
                # Signed in with the password alone, before the second factor was set up in another browser.
                logout(request)
                return self._to(request, resolve_url("account_login"))
        if not is_open and person.waits_since is not None and not path.startswith("/account/"):
            return self._to(request, WAITING)
        # Times are shown in the zone where the person works; they are kept in UTC.
        with timezone.override(queries.time_zone_of(person)):
            response = self._within(request, queries.district_ids(person))
        if (
            path == "/language/"
            and request.method == "POST"
            and response.status_code in {204, 302}
            and person.pk
        ):
            # The language switch of the page shell keeps a cookie; a signed-in person's choice is kept with
            # the person, for messages too. Only after the answer: by then the request has passed the check
            # against forged posts.
            actions.change_language(actor=person, language=request.POST.get("language", ""))
        return response

    def _within(self, request: HttpRequest, districts: list[int]) -> HttpResponse:
        """A query for reports outside of these districts finds nothing; one that runs outside of any scope
        raises."""
        with scope(district=districts):
            return self.get_response(request)

    def _to(self, request: HttpRequest, url: str) -> HttpResponse:
        # A partial request would paste the sign-in page into the middle of another.
        return (
            HttpResponseClientRedirect(url) if getattr(request, "htmx", False) else HttpResponseRedirect(url)
        )

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, policies.NotAllowed):
            return permission_denied(request, exception)
        if isinstance(exception, VaultLocked | SecondFactorUnreadable):
            return render(
                request, "organizations/vault_locked.html", {"sent": request.method == "POST"}, status=503
            )
        return None
