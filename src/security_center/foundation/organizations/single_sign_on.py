"""Sign-in through the district's own accounts. The identity provider says who somebody is, in place of the password and of nothing else: only people
who are entered here come in, what they may do stands here, and the second factor is asked for as ever."""

from __future__ import annotations

from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.contrib import messages
from django.http import HttpRequest
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from .models import Person


class SingleSignOnAdapter(DefaultSocialAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return False

    def authenticate_by_email(self, sociallogin: Any) -> None:
        """allauth's own way would take the person's password away. `pre_social_login` finds the person."""
        return

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Nothing is stored of the account there: whose it is, its proved address says each time. So nobody ties a foreign account to a person."""
        person = _person_of(sociallogin)
        if person is None or sociallogin.state.get("process") != "login":
            raise _back(request, _("Nobody with the address of that account is entered here. Ask your administrator."))
        sociallogin.user = person

    def on_authentication_error(self, request: HttpRequest, provider: Any, *_args: Any, **_rest: Any) -> None:
        raise _back(request, _("That did not work. Try again, or sign in with your password."))


def _person_of(sociallogin: Any) -> Person | None:
    """By the one address that the provider says it has proved. A word such as “false” is no yes."""
    proved = [one.email for one in sociallogin.email_addresses if one.verified is True or str(one.verified).lower() == "true"]
    return Person.objects.filter(email__iexact=proved[0]).first() if len(proved) == 1 else None


def _back(request: HttpRequest, sentence: str) -> ImmediateHttpResponse:
    messages.error(request, sentence)
    return ImmediateHttpResponse(redirect("account_login"))
