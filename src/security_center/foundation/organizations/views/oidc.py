"""Sign-in by OpenID Connect: over to the identity provider by allauth's page; its answer is read by our
adapter.

allauth keeps what was asked in a session. Here it goes on in a short cookie: a stranger who begins and never
comes back leaves no row behind. The latest few are kept in it, one for each tab in which somebody began."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from allauth.socialaccount.internal.statekit import STATE_TTL, STATES_SESSION_KEY
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from allauth.socialaccount.providers.openid_connect import views as allauth_views
from allauth.utils import get_request_param
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.sessions.backends.base import SessionBase
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.urls import reverse

from .. import sign_in_cookies
from ..oidc import DistrictAdapter

ASKED = "oidc_asked"


class _InACookie(SessionBase):
    """A session for the moment in which allauth asks for one; nothing of it is stored."""

    def save(self, must_create: bool = False) -> None:
        return

    def load(self) -> dict[str, Any]:
        return {}


class _Callback(OAuth2CallbackView):
    def _get_state(self, request: HttpRequest, provider: Any) -> Any:
        stored, request.session = request.session, _InACookie()
        request.session[STATES_SESSION_KEY] = _kept(request)
        try:
            return super()._get_state(request, provider)
        finally:
            request.session = stored


def login(request: HttpRequest, provider_id: str) -> HttpResponse:
    # The rest of the address is whoever wrote the link's: allauth would ask the provider for what stands
    # there.
    request.GET = QueryDict(urlencode({REDIRECT_FIELD_NAME: sign_in_cookies.onward(request)}))
    stored, request.session = request.session, _InACookie()
    try:
        response: HttpResponse = allauth_views.login(request, provider_id)
        begun = request.session.get(STATES_SESSION_KEY)
    finally:
        request.session = stored
    return _keep(response, {**_kept(request), **begun}, provider_id) if begun else response


def callback(request: HttpRequest, provider_id: str) -> HttpResponse:
    try:
        answered: HttpResponse = _Callback.adapter_view(DistrictAdapter(request, provider_id))(request)
    except SocialApp.DoesNotExist:
        raise Http404 from None
    asked = _kept(request)
    # An answer to nothing that was asked, which a link of any page brings here, takes none of them away.
    return (
        _keep(answered, asked, provider_id)
        if asked.pop(get_request_param(request, "state"), None)
        else answered
    )


def _kept(request: HttpRequest) -> dict[str, Any]:
    """What was asked in this browser, the latest last."""
    return sign_in_cookies.kept(request, ASKED, seconds=STATE_TTL) or {}


def _keep(response: HttpResponse, asked: dict[str, Any], provider_id: str) -> HttpResponse:
    path = reverse("openid_connect_login", args=[provider_id])  # that of the answer lies below it
    return sign_in_cookies.keep_latest(response, ASKED, asked, seconds=STATE_TTL, path=path)
