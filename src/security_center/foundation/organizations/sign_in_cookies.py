"""Short cookies in which a sign-in with the district's accounts is kept until somebody is in: a stranger who
begins one leaves no row behind.

They are signed with a key of the vault. The signing secret would not do: the public program has it too, and
whoever took that over would write what the identity provider is to have said."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.core import signing
from django.http import HttpRequest, HttpResponse

from security_center.foundation.vault import provider as vault_provider

MOST_ASKED = 4  # one for each tab in which somebody began
LONGEST_ONWARD = 400  # four of them fit into a cookie, which a browser takes up to 4,096 bytes


def onward(request: HttpRequest) -> str:
    """Where the link that began it wants to go afterwards, "" where that is too long to be kept."""
    wanted = request.GET.get(REDIRECT_FIELD_NAME, "")
    return wanted if len(quote(wanted)) <= LONGEST_ONWARD else ""


def keep_latest(
    response: HttpResponse, cookie: str, asked: dict[str, Any], *, seconds: int, path: str
) -> HttpResponse:
    """What was asked of the provider in this browser, each by its name, the latest last. Raises
    VaultLocked."""
    if asked:
        return keep(response, cookie, dict(list(asked.items())[-MOST_ASKED:]), seconds=seconds, path=path)
    forget(response, cookie, path=path)
    return response


def keep(response: HttpResponse, cookie: str, value: Any, *, seconds: int, path: str) -> HttpResponse:
    """Raises VaultLocked."""
    response.set_cookie(
        cookie,
        signing.dumps(value, key=_key(), salt=cookie),
        max_age=seconds,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
        path=path,
    )
    return response


def kept(request: HttpRequest, cookie: str, *, seconds: int) -> Any:
    """None where there is none, or it is older than that, or not ours. Raises VaultLocked."""
    try:
        return signing.loads(
            request.COOKIES.get(cookie, ""), key=_key(), salt=cookie, max_age=seconds, fallback_keys=[]
        )
    except signing.BadSignature:
        return None


def forget(response: HttpResponse, cookie: str, *, path: str) -> None:
    response.delete_cookie(cookie, path=path, samesite="Lax")


def _key() -> str:
    return vault_provider.provider().derive("organizations.sign-in-cookies").hex()
