"""Whether this sign-in passed a second factor. Deliberately about the session, not the person: a browser that
signed in with the password alone, before the second factor was set up elsewhere, must not stay in."""

from __future__ import annotations

import time
from typing import Any

from allauth.account.internal.flows.login import get_authentication_records, record_authentication
from django.conf import settings
from django.http import HttpRequest

from .models import Person

# Sign-ins are written down by this machine's clock; so far ahead of it they may lie.
AHEAD = 60


def passed(request: HttpRequest, person: Person) -> bool:
    return any(record.get("method") == "mfa" for record in get_authentication_records(request, person))


def is_from_the_future(request: HttpRequest, person: Person) -> bool:
    """Whether somebody signed in here while the clock was ahead: the session would outlive its hours by as
    much."""
    return any(
        record.get("at", 0) > time.time() + AHEAD for record in get_authentication_records(request, person)
    )


def gave_a_code(request: HttpRequest, person: Person) -> bool:
    """Whether this sign-in was made with a code of an authenticator app, and so with a phone's clock."""
    return any(record.get("type") == "totp" for record in get_authentication_records(request, person))


def signed_in_just_now(request: HttpRequest, person: Person) -> bool:
    """True when the password was given in this session within the time that allauth trusts
    (ACCOUNT_REAUTHENTICATION_TIMEOUT)."""
    records = get_authentication_records(request, person)
    return any(
        -AHEAD <= time.time() - record.get("at", 0) < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT
        for record in records
    )


def remember_set_up(*, request: HttpRequest, user: Person, authenticator: Any, **_rest: Any) -> None:
    """Receiver of allauth's authenticator_added. Whoever has just set a second factor up has just used it:
    this session passed it, and the recovery codes that come next are shown without another question."""
    if authenticator.type != authenticator.Type.RECOVERY_CODES:
        record_authentication(
            request, user, method="mfa", id=authenticator.pk, type=authenticator.type, reauthenticated=True
        )
