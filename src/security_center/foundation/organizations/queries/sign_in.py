"""How people sign in, and where they are signed in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from security_center.foundation.clock import now

from .. import policies
from ..models import Invitation, Person, SignIn


def sign_ins_of(person: Person) -> QuerySet[SignIn]:
    """The browsers in which the person is signed in, the first one first."""
    return SignIn.objects.filter(person=person, expire_date__gt=now()).order_by("began_at", "pk")


def has_second_factor(person: Person) -> bool:
    """True when an authenticator app or a passkey is set up (recovery codes alone are none)."""
    from allauth.mfa.models import Authenticator

    return bool(
        Authenticator.objects.filter(user_id=person.pk)
        .exclude(type=Authenticator.Type.RECOVERY_CODES)
        .exists()
    )


@dataclass(frozen=True)
class SignInState:
    """How a person signs in, for the page about them."""

    app: bool
    passkeys: int
    recovery_codes: bool
    has_password: bool
    invited_until: datetime | None
    needs_second_factor: bool

    @property
    def has_second_factor(self) -> bool:
        return self.app or self.passkeys > 0


def sign_in_state(person: Person) -> SignInState:
    from allauth.mfa.models import Authenticator

    types = list(Authenticator.objects.filter(user_id=person.pk).values_list("type", flat=True))
    invitation = (
        Invitation.objects.filter(person=person, used_at__isnull=True, expires_at__gt=now())
        .order_by("-pk")
        .first()
    )
    return SignInState(
        app=Authenticator.Type.TOTP in types,
        passkeys=types.count(Authenticator.Type.WEBAUTHN),
        recovery_codes=Authenticator.Type.RECOVERY_CODES in types,
        has_password=person.has_usable_password(),
        invited_until=invitation.expires_at if invitation else None,
        needs_second_factor=policies.needs_second_factor(person),
    )
