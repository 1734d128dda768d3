"""How allauth behaves here: nobody signs themselves up, each sign-in is in the ledger, secrets of second
factors are encrypted."""

from __future__ import annotations

import base64
import secrets
from contextlib import suppress
from io import BytesIO
from typing import Any

import segno
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from security_center.foundation.ledger import actions as ledger
from security_center.foundation.timekeeping.actions import prove_time
from security_center.foundation.vault import provider as vault_provider

from . import known_devices, policies, queries
from .models import Person
from .second_factor import gave_a_code, signed_in_just_now

_PURPOSE = "organizations.second-factor"
_FORMAT = "1."


class SecondFactorUnreadable(Exception):
    """A stored second factor cannot be opened with this vault's key: it was made under another, or was
    altered."""


class AccountAdapter(DefaultAccountAdapter):
    error_messages = {  # noqa: RUF012 - allauth declares it so
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _(
            "The e-mail address or the password is not right. Check both and try again."
        ),
        "too_many_login_attempts": _(
            "Too many attempts from this network. Wait five minutes, sign in with a passkey, or use "
            "a device where you have signed in before."
        ),
        "rate_limited": _("Too many attempts. Wait a minute, then try again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Administrators enter people; nobody enters themselves."""
        return False

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """The other ways to say that it is still you, in the words of our own pages."""
        ours = {
            "reauthenticate": gettext("Use your password"),
            "mfa_reauthenticate": gettext("Use the app or a recovery code"),
            "mfa_reauthenticate:webauthn": gettext("Use a passkey or security key"),
        }
        return [
            {**method, "description": ours.get(method["id"], method["description"])}
            for method in super().get_reauthentication_methods(user)
        ]

    def format_email_subject(self, subject: str) -> str:
        return str(subject).strip()

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse:
        response: HttpResponse = super().post_login(request, user, **kwargs)
        with transaction.atomic():
            ledger.record(actor=user, verb="person.signed_in", about=user)
            if gave_a_code(request, user):
                # A code fits within a minute of the phone's own clock: a second source of time that costs
                # nobody anything
                prove_time()
        known_devices.remember(request, response, user.email)
        return response

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """allauth counts by account, from wherever: five wrong guesses of a stranger kept a named reader out,
        again and again."""
        self._login_failed_rl_usage = known_devices.count_try(request, str(credentials.get("email", "")))
        if self._login_failed_rl_usage is None:
            raise self.validation_error("too_many_login_attempts")

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Recorded by the person's id if there is such a person; the typed address and the network address
        are stored nowhere."""
        person = (
            Person.objects.filter(email__iexact=str(credentials.get("email", "")).strip()).only("pk").first()
        )
        with transaction.atomic():
            ledger.record(actor="system", verb="person.sign_in_failed", about=person if person else "")

    def is_reauthentication_required(self, *, app: str, **rest: Any) -> bool:
        """Setting up the first second factor needs no second typing of the password just given; everything
        later does."""
        request = self.request
        first = app == "allauth.mfa" and request is not None and not queries.has_second_factor(request.user)
        if first and signed_in_just_now(request, request.user):
            return False
        return bool(super().is_reauthentication_required(app=app, **rest))

    def can_delete_email(self, email_address: EmailAddress) -> bool:
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Only the worker sends mail. A page that sent it itself would tell by its slowness which addresses
        exist; so would one that writes to the queue for those alone. A task for nobody sends nothing."""
        from .tasks import send_password_link

        if template_prefix == "account/email/password_reset_key":
            send_password_link.enqueue(person_id=context["user"].pk)
        elif template_prefix == "account/email/unknown_account":
            send_password_link.enqueue(person_id=0)


class SecondFactorAdapter(DefaultMFAAdapter):
    error_messages = {  # noqa: RUF012 - allauth declares it so
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _(
            "This code is not right, or was used already. Wait for the next one and type it."
        ),
        "cannot_delete_authenticator": _(
            "Your role needs a second factor. Add a passkey first, then remove the app."
        ),
    }

    def encrypt(self, text: str) -> str:
        """Seal a TOTP secret or the seed of recovery codes under a key of the vault. Raises VaultLocked."""
        nonce = secrets.token_bytes(12)
        sealed = AESGCM(_key()).encrypt(nonce, text.encode(), _PURPOSE.encode())
        return _FORMAT + base64.b64encode(nonce + sealed).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Raises VaultLocked, SecondFactorUnreadable. A secret that was written in the clear is refused: it
        would come from someone who can write to the database and wants to sign in as somebody else."""
        return _opened(encrypted_text, *vault_provider.provider().openers())

    def sealed_anew(self, encrypted_text: str) -> str:
        """The same secret under the key in use, where it was sealed under the one before. Raises VaultLocked,
        SecondFactorUnreadable."""
        try:
            _opened(encrypted_text, vault_provider.provider())
        except SecondFactorUnreadable:
            return self.encrypt(self.decrypt(encrypted_text))
        return encrypted_text

    def build_totp_svg(self, url: str) -> str:
        """A QR code as plain SVG, without styles, so that the page's strict content policy holds."""
        drawing = BytesIO()
        segno.make(url, error="m").save(
            drawing, kind="svg", xmldecl=False, scale=5, border=4, dark="#000", light="#fff"
        )
        return drawing.getvalue().decode()

    def generate_authenticator_name(self, user: Any, type: Any) -> str:  # noqa: A002 - allauth calls it so
        number = Authenticator.objects.filter(user_id=user.pk, type=type).count()
        return gettext("Passkey") if number == 0 else gettext("Passkey %(number)d") % {"number": number + 1}

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        person = authenticator.user
        if not policies.needs_second_factor(person):
            return True
        others = Authenticator.objects.filter(user_id=person.pk).exclude(pk=authenticator.pk)
        return bool(others.exclude(type=Authenticator.Type.RECOVERY_CODES).exists())

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """Changes of a second factor are in the ledger and on the person's page."""


def _opened(encrypted_text: str, *keys: vault_provider.KeyProvider) -> str:
    if not encrypted_text.startswith(_FORMAT):
        raise SecondFactorUnreadable
    try:
        raw = base64.b64decode(encrypted_text[len(_FORMAT) :], validate=True)
    except ValueError as error:
        raise SecondFactorUnreadable from error
    for one in keys:
        with suppress(InvalidTag, ValueError):
            return AESGCM(one.derive(_PURPOSE)).decrypt(raw[:12], raw[12:], _PURPOSE.encode()).decode()
    raise SecondFactorUnreadable


def _key() -> bytes:
    return vault_provider.provider().derive(_PURPOSE, length=32)
