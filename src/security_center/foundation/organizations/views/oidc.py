"""Sign-in by OpenID Connect: over to the identity provider by allauth's page; its answer is read by our adapter.

allauth keeps what was asked in a session. Here it goes on in a short cookie: a stranger who begins and never comes back leaves no row behind.
"""

from __future__ import annotations

from typing import Any

from allauth.socialaccount.internal.statekit import STATE_TTL, STATES_SESSION_KEY
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from allauth.socialaccount.providers.openid_connect import views as allauth_views
from django.contrib.sessions.backends.base import SessionBase
from django.http import Http404, HttpRequest, HttpResponse
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
        request.session[STATES_SESSION_KEY] = sign_in_cookies.kept(request, ASKED, seconds=STATE_TTL) or {}
        try:
            return super()._get_state(request, provider)
        finally:
            request.session = stored


def login(request: HttpRequest, provider_id: str) -> HttpResponse:
    stored, request.session = request.session, _InACookie()
    try:
        response: HttpResponse = allauth_views.login(request, provider_id)
        asked = request.session.get(STATES_SESSION_KEY)
    finally:
        request.session = stored
    return sign_in_cookies.keep(response, ASKED, asked, seconds=STATE_TTL, path=_callback(provider_id)) if asked else response


def callback(request: HttpRequest, provider_id: str) -> HttpResponse:
    try:
        answered: HttpResponse = _Callback.adapter_view(DistrictAdapter(request, provider_id))(request)
    except SocialApp.DoesNotExist:
        raise Http404 from None
    sign_in_cookies.forget(answered, ASKED, path=_callback(provider_id))
    return answered


def _callback(provider_id: str) -> str:
    return reverse("openid_connect_callback", args=[provider_id])
