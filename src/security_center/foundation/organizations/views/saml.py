"""Sign-in by SAML, in three steps: over to the identity provider, its answer, and in.

The answer comes by a form of another site, to which a browser does not give our cookies. So it is proved
there, and what it says goes on in a short cookie of its own to the third step, where the browser shows which
request it has asked. Until somebody is in, nothing is kept on our side: a stranger leaves no row behind."""

from __future__ import annotations

from typing import Any

from allauth.account.utils import get_next_redirect_url
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialApp
from django.core.cache import cache
from django.core.exceptions import SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET

from security_center.foundation.clock import now

from .. import saml, sign_in_cookies
from ..single_sign_on import back, complete

ASKED, ASKED_SECONDS = "saml_asked", 600
SAID, SAID_SECONDS = "saml_said", 60


@require_GET
def login(request: HttpRequest, organization_slug: str) -> HttpResponse:
    provider = _provider(request, organization_slug)
    try:
        there, asked = saml.ask(provider.app)
    except saml.Refused as refused:
        return back(request, refused.sentence)
    onward = get_next_redirect_url(request) if sign_in_cookies.onward(request) else None
    return _keep(
        HttpResponseRedirect(there), {**_kept(request), asked: [int(now().timestamp()), onward]}, provider
    )


@csrf_exempt
def acs(request: HttpRequest, organization_slug: str) -> HttpResponse:
    """The “assertion consumer service”: its name stands in what the identity provider knows of us."""
    provider = _provider(request, organization_slug)
    try:
        said = saml.read(provider.app, _answer(request))
    except saml.Refused as refused:
        return back(request, refused.sentence)
    return sign_in_cookies.keep(
        HttpResponseRedirect(_finish(provider)), SAID, said, seconds=SAID_SECONDS, path=_finish(provider)
    )


@require_GET
def finish(request: HttpRequest, organization_slug: str) -> HttpResponse:
    provider = _provider(request, organization_slug)
    asked = _kept(request)
    address, answered = sign_in_cookies.kept(request, SAID, seconds=SAID_SECONDS) or ("", None)
    # Each request is answered once, on whichever machine. Longer than its cookie lives nobody has to remember
    # it.
    if answered in asked and cache.add(f"saml:{answered}", 1, ASKED_SECONDS + SAID_SECONDS):
        response = complete(request, provider, address, asked[answered][1])
    else:
        response = back(request, str(saml.UNASKED))
    sign_in_cookies.forget(response, SAID, path=_finish(provider))
    # An answer to nothing that was asked, which any page can post, takes none of them away
    if answered in asked:
        del asked[answered]
        _keep(response, asked, provider)
    return response


@require_GET
def metadata(request: HttpRequest, organization_slug: str) -> HttpResponse:
    return HttpResponse(
        saml.describe(_provider(request, organization_slug).app), content_type="application/samlmetadata+xml"
    )


def _kept(request: HttpRequest) -> dict[str, Any]:
    """When each of the latest requests of this browser was made and where it leads to, by its name. None
    lives longer because another tab began."""
    asked = sign_in_cookies.kept(request, ASKED, seconds=ASKED_SECONDS) or {}
    since = now().timestamp() - ASKED_SECONDS
    return {name: one for name, one in asked.items() if isinstance(one, list) and one[0] > since}


def _keep(response: HttpResponse, asked: dict[str, Any], provider: Any) -> HttpResponse:
    # Of the first step and of the third
    path = reverse("saml_login", args=[provider.app.client_id]).removesuffix("login/")
    return sign_in_cookies.keep_latest(response, ASKED, asked, seconds=ASKED_SECONDS, path=path)


def _provider(request: HttpRequest, organization_slug: str) -> Any:
    try:
        return (
            get_adapter().get_app(request, provider="saml", client_id=organization_slug).get_provider(request)
        )
    except SocialApp.DoesNotExist:
        raise Http404 from None


def _answer(request: HttpRequest) -> str:
    length = request.headers.get("Content-Length", "")
    if (
        request.content_type != "application/x-www-form-urlencoded"
        or not length.isdecimal()
        or int(length) > saml.LARGEST
    ):
        return ""
    try:
        return str(request.POST.get("SAMLResponse", ""))
    except SuspiciousOperation:  # thousands of fields
        return ""


def _finish(provider: Any) -> str:
    return reverse("saml_finish", args=[provider.app.client_id])
