"""How often somebody may try to sign in: counted where the tries come from, so that a stranger slows down
themself and never a named person.

Three counts, none of them by account alone: of a network (an IPv4 address, the first half of an IPv6 one), of
an account from one network, and of a device where that account has signed in before. Whoever guesses from the
reader's own school fills the first two; the reader's own device has the third to itself, and a passkey, which
cannot be guessed, is not counted at all.

A device is known by a cookie that lasts half a year and opens nothing: it holds keyed digests of the
addresses that signed in there."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable
from functools import wraps

from allauth.core.internal import ratelimit
from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

COOKIE = "staff_device"
SALT = "organizations.known-device"
SECONDS = 180 * 86_400
MOST_PEOPLE = 8  # of a computer that a desk shares

OF_A_NETWORK = "10/m/ip"
OF_AN_ACCOUNT_FROM_A_NETWORK = "5/5m/ip"
OF_AN_ACCOUNT_ON_ITS_DEVICE = "30/5m/key"
POSTS_OF_A_NETWORK = "30/m/ip"


def remember(request: HttpRequest, response: HttpResponse, address: str) -> None:
    """Whoever has just signed in, both factors passed, is known on this device from now on."""
    device, people = _read(request)
    people = [*(one for one in people if one != _digest(address)), _digest(address)][-MOST_PEOPLE:]
    response.set_cookie(
        COOKIE,
        signing.dumps([device or secrets.token_hex(8), people], salt=SALT),
        max_age=SECONDS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
        path="/account/",
    )


def knows(request: HttpRequest, address: str) -> bool:
    """Whether somebody with this address has signed in here before."""
    _device, people = _read(request)
    return any(hmac.compare_digest(_digest(address), one) for one in people)


def count_try(request: HttpRequest, address: str) -> ratelimit.RateLimitUsage | None:
    """Count a try to sign in as `address`; None when there were too many. A try that succeeds is taken back
    (`rollback`)."""
    if knows(request, address):
        device, _people = _read(request)
        return _count(
            request, "sign_in_here", OF_AN_ACCOUNT_ON_ITS_DEVICE, key=f"{device}:{_digest(address)}"
        )
    account = _count(request, f"sign_in_as_{_digest(address)}", OF_AN_ACCOUNT_FROM_A_NETWORK)
    network = account and _count(request, "sign_in_failed", OF_A_NETWORK)
    return ratelimit.RateLimitUsage([*account.usage, *network.usage]) if account and network else None


def few_posts(field: str) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Decorates a page for strangers: so many posts a minute from one network, but for those about whom the
    device knows (the address in `field`)."""

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def counted(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
            if request.method == "POST" and not knows(request, request.POST.get(field, "")):
                refused: HttpResponse | None = ratelimit.consume_or_429(
                    request, app="allauth.account", action="posts", config={"posts": POSTS_OF_A_NETWORK}
                )
                if refused is not None:
                    return refused
            return view(request, *args, **kwargs)

        return counted

    return decorate


def _count(
    request: HttpRequest, action: str, rate: str, key: str | None = None
) -> ratelimit.RateLimitUsage | None:
    return ratelimit.consume(request, app="allauth.account", action=action, config={action: rate}, key=key)


def _read(request: HttpRequest) -> tuple[str, list[str]]:
    try:
        device, people = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=SECONDS)
    except signing.BadSignature:
        return "", []
    return device, people


def _digest(address: str) -> str:
    """Not the address: the next person at the computer reads its cookies."""
    return hmac.digest(f"{SALT} {settings.SECRET_KEY}".encode(), address.strip().lower().encode(), "sha256")[
        :12
    ].hex()
