"""Short cookies in which a sign-in with the district's accounts is kept until somebody is in: a stranger who begins one leaves no row behind.

They are signed with a key of the vault. The signing secret would not do: the public program has it too, and whoever took that over would write what
the identity provider is to have said.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from security_center.foundation.vault import provider as vault_provider


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
        return signing.loads(request.COOKIES.get(cookie, ""), key=_key(), salt=cookie, max_age=seconds, fallback_keys=[])
    except signing.BadSignature:
        return None


def forget(response: HttpResponse, cookie: str, *, path: str) -> None:
    response.delete_cookie(cookie, path=path, samesite="Lax")


def _key() -> str:
    return vault_provider.provider().derive("organizations.sign-in-cookies").hex()
