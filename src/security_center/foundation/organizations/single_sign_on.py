"""Sign-in through the district's own accounts. The identity provider says who somebody is, in place of the
password and of nothing else: only people who are entered here come in, what they may do stands here, and the
second factor is asked for as ever."""

from __future__ import annotations

import io
import logging
import ssl
import time
from collections.abc import Callable
from functools import wraps
from typing import Any

import requests
from allauth.account.models import EmailAddress
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.helpers import complete_social_login
from allauth.socialaccount.models import SocialAccount, SocialLogin
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from urllib3.exceptions import HTTPError

from .models import Person

logger = logging.getLogger(__name__)

MOST, SECONDS = 2**20, 15  # of each answer of an identity provider


class SingleSignOnAdapter(DefaultSocialAccountAdapter):
    def list_apps(self, *args: Any, **kwargs: Any) -> list[Any]:
        """Those of the settings. allauth also takes rows of a table: whoever can write to the database would
        be an identity provider."""
        return [app for app in super().list_apps(*args, **kwargs) if app.pk is None]

    def get_requests_session(self) -> Any:
        """It believes whom this machine believes, a district's own authority included, as mail and doctor do;
        `requests` has a list of its own."""
        session = super().get_requests_session()
        known = ssl.get_default_verify_paths()
        session.verify = known.cafile or known.capath or True
        session.hooks["response"].append(_read_to_its_bounds)
        return session

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return False

    def authenticate_by_email(self, sociallogin: Any) -> None:
        """allauth's own way would take the person's password away. `pre_social_login` finds the person."""
        return

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Nothing is stored of the account there: whose it is, its proved address says each time. So nobody
        ties a foreign account to a person."""
        person = _person_of(sociallogin)
        if person is None or sociallogin.state.get("process") != "login":
            raise ImmediateHttpResponse(
                back(
                    request,
                    _("Nobody with the address of that account is entered here. Ask your administrator."),
                )
            )
        sociallogin.user = person

    def on_authentication_error(self, request: HttpRequest, provider: Any, *_args: Any, **_rest: Any) -> None:
        raise ImmediateHttpResponse(
            back(request, _("That did not work. Try again, or sign in with your password."))
        )


def _read_to_its_bounds(response: requests.Response, **_rest: Any) -> None:
    """What a provider says is short. Without an end, or a byte at a time, it would hold a thread and fill the
    memory."""
    read, until = bytearray(), time.monotonic() + SECONDS
    try:
        while piece := response.raw.read1(2**16, decode_content=True):
            read += piece
            if len(read) > MOST or time.monotonic() > until:
                raise requests.ConnectionError("the answer is too long, or too slow")
    except HTTPError as fault:
        raise requests.ConnectionError(fault) from fault
    response.raw = io.BytesIO(read)


def _person_of(sociallogin: Any) -> Person | None:
    """By the one address that the provider says it has proved. A word such as “false” is no yes, and a letter
    beyond ASCII no letter of an address here: written small, the Kelvin sign is a k, and so somebody else's
    address."""
    proved = [
        one.email
        for one in sociallogin.email_addresses
        if one.verified is True or str(one.verified).lower() == "true"
    ]
    return (
        Person.objects.filter(email=proved[0].lower()).first()
        if len(proved) == 1 and proved[0].isascii()
        else None
    )


def back(request: HttpRequest, sentence: str) -> HttpResponse:
    messages.error(request, sentence)
    return redirect("account_login")


def for_strangers(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Decorates where a sign-in begins and ends: whoever is in stays in. A link of any page, or a neighbour's
    cookie, could else sign a reader out, in the midst of their work."""

    @wraps(view)
    def begun(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        return redirect("/") if request.user.is_authenticated else view(request, *args, **kwargs)

    return begun


def where_it_answers(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Decorates a page that asks the provider over the network: one that is away, or says nothing of use,
    leads back with a sentence."""

    @wraps(view)
    def asked(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except (
            OSError,
            ValueError,
            KeyError,
            RecursionError,
        ) as fault:  # of `requests` each is an OSError; the rest: no JSON, nested deep
            logger.error("the identity provider gave no useful answer: %s", type(fault).__name__)
            return back(request, _("The district’s sign-in does not answer. Use your password or passkey."))

    return asked


def complete(request: HttpRequest, provider: Any, address: str, onward: str | None) -> HttpResponse:
    """Go on as after any other sign-in there, with the address that the provider vouches for."""
    proved = SingleSignOnAdapter(request).is_email_verified(provider, address)
    account = SocialAccount(provider=provider.sub_id, uid=address)  # never stored
    said = SocialLogin(
        account=account,
        provider=provider,
        email_addresses=[EmailAddress(email=address, verified=proved, primary=True)],
    )
    said.state = {"process": "login", "next": onward}
    response: HttpResponse = complete_social_login(request, said)
    return response
