"""Sign-in by OpenID Connect: over to the identity provider is allauth's page; its answer is read by our adapter."""

from __future__ import annotations

from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from django.http import Http404, HttpRequest, HttpResponse

from ..oidc import DistrictAdapter


def callback(request: HttpRequest, provider_id: str) -> HttpResponse:
    try:
        answered: HttpResponse = OAuth2CallbackView.adapter_view(DistrictAdapter(request, provider_id))(request)
    except SocialApp.DoesNotExist:
        raise Http404 from None
    return answered
