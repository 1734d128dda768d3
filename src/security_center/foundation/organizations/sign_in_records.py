"""What a person changes about their own sign-in goes into the ledger too. Receivers of allauth's signals;
connected when the room is ready."""

from __future__ import annotations

from typing import Any

from allauth.account import signals as account_signals
from allauth.mfa import signals as factor_signals
from django.contrib.auth.signals import user_logged_in
from django.db import transaction

from security_center.foundation.ledger import actions as ledger

from .actions.invitations import end_links
from .models import Person
from .second_factor import remember_set_up
from .sessions import remember_where_from


def _record(person: Person, verb: str, **detail: int | str | bool | None) -> None:
    with transaction.atomic():
        ledger.record(actor=person, verb=verb, about=person, detail=detail)


def _factor_added(*, user: Person, authenticator: Any, **_rest: Any) -> None:
    _record(user, "person.second_factor_added", type=str(authenticator.type))


def _factor_removed(*, user: Person, authenticator: Any, **_rest: Any) -> None:
    _record(user, "person.second_factor_removed", type=str(authenticator.type))


def _codes_renewed(*, user: Person, **_rest: Any) -> None:
    _record(user, "person.recovery_codes_renewed")


def _factor_failed(*, user: Person, authenticator: Any, **_rest: Any) -> None:
    # Whoever fails here has not proved to be the person: the actor is not theirs.
    with transaction.atomic():
        ledger.record(
            actor="system",
            verb="person.second_factor_failed",
            about=user,
            detail={"type": str(authenticator.type)},
        )


def _password_changed(*, user: Person, **_rest: Any) -> None:
    with transaction.atomic():
        end_links(user)
        _record(user, "person.password_changed")


def connect() -> None:
    for signal, receiver in (
        (user_logged_in, remember_where_from),
        (factor_signals.authenticator_added, remember_set_up),
        (factor_signals.authenticator_added, _factor_added),
        (factor_signals.authenticator_removed, _factor_removed),
        (factor_signals.authenticator_reset, _codes_renewed),
        (factor_signals.authentication_failed, _factor_failed),
        (account_signals.password_changed, _password_changed),
        (account_signals.password_reset, _password_changed),
        (account_signals.password_set, _password_changed),
    ):
        signal.connect(receiver, dispatch_uid=f"organizations.{receiver.__name__}")
