"""One e-mail: made in the person's language, without content, and handed to the mail server."""

from __future__ import annotations

import smtplib
import time
from collections.abc import Sequence
from contextlib import suppress
from urllib.parse import urlparse

from django.conf import settings
from django.core import mail
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import F
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import override

from security_center.foundation.clock import now

from .models import Delivery
from .tokens import token_of

# With the queue's waits (21 minutes for the first eight, then each quarter of an hour) a day: a mail server that is away overnight comes back.
MOST_ATTEMPTS = 104
# Codes of what no later attempt mends: somebody has to look at the mail server's settings.
CERTIFICATE = "SSLCertVerificationError"
REFUSED_SIGN_IN = ("smtp_530", "smtp_534", "smtp_535")


class DeliveryFailed(Exception):
    """The mail server did not take the message. The code says why; no text of the server is kept, since it may repeat an address."""


def send(delivery_id: int, server: BaseEmailBackend | None = None) -> Delivery | None:
    """Send a delivery that is not sent yet, over `server` where one is open. A second call for one that is settled does nothing."""
    delivery = Delivery.objects.select_related("message__person", "message__organization").filter(pk=delivery_id).first()
    if delivery is None or not Delivery.TRANSITIONS[delivery.state]:
        return delivery
    if not settings.SSC_EMAIL_CONFIGURED:
        return _settle(delivery, Delivery.State.NOT_CONFIGURED)
    try:
        email = composed(delivery)
        if server is None:
            email.send()
        else:
            server.send_messages([email])
    except (OSError, smtplib.SMTPException) as error:
        attempts = delivery.attempts + 1
        given_up = attempts >= MOST_ATTEMPTS
        _settle(delivery, Delivery.State.GIVEN_UP if given_up else Delivery.State.FAILED, error_code(error), attempted=True)
        if given_up:
            return delivery
        raise DeliveryFailed(delivery.last_error_code) from None
    return _settle(delivery, Delivery.State.SENT, attempted=True)


def send_together(delivery_ids: Sequence[int], seconds: float) -> tuple[list[int], list[int]]:
    """Send several over one connection, for `seconds` at most. Returns which have to be tried again, and which were not come to.

    Once one fails the others wait for an attempt of their own: what is wrong with the server is wrong for all, and a dead one must not be asked
    fifty times in a row.
    """
    until = time.monotonic() + seconds
    server = mail.mailers.default if settings.SSC_EMAIL_CONFIGURED else None
    try:
        if server is not None:
            with suppress(OSError, smtplib.SMTPException):  # the first message asks again, and says what is wrong
                server.open()
        for position, pk in enumerate(delivery_ids):
            if time.monotonic() > until:
                return [], list(delivery_ids[position:])
            try:
                send(pk, server)
            except DeliveryFailed:
                return list(delivery_ids[position:]), []
    finally:
        if server is not None:
            server.close()
    return [], []


def _settle(delivery: Delivery, state: str, code: str = "", *, attempted: bool = False) -> Delivery:
    changes: dict[str, object] = {"state": state, "last_error_code": code}
    if attempted:
        changes["attempts"] = F("attempts") + 1
    if state == Delivery.State.SENT:
        changes["sent_at"] = now()
    # Only from a state that may still change: two workers may have been given the same task.
    open_states = [start for start, ends in Delivery.TRANSITIONS.items() if state in ends]
    with transaction.atomic():
        Delivery.objects.filter(pk=delivery.pk, state__in=open_states).update(**changes)
    delivery.refresh_from_db()
    return delivery


def error_code(error: Exception) -> str:
    """A short code: "smtp_550", "ConnectionRefusedError"."""
    if isinstance(error, smtplib.SMTPResponseException):
        return f"smtp_{error.smtp_code}"
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return next((f"smtp_{code}" for code, _ in error.recipients.values()), "smtp_refused")
    return type(error).__name__[:40]


def composed(delivery: Delivery) -> EmailMessage:
    """The e-mail as it will be sent, in the person's language."""
    message = delivery.message
    alert = getattr(delivery, "test_alert", None)
    with override(message.person.language):
        path = message.path or reverse("notifications:inbox", urlconf=settings.STAFF_URLCONF)
        if alert is not None:
            path = reverse("notifications:test_alert", args=[token_of(alert)], urlconf=settings.STAFF_URLCONF)
        context = {"message": message, "link": settings.SSC_STAFF_URL + path, "is_test": alert is not None}
        subject = " ".join(render_to_string("notifications/email_subject.txt", context).split())
        body = render_to_string("notifications/email.txt", context)
    host = urlparse(settings.SSC_STAFF_URL).hostname or "localhost"
    return EmailMessage(
        subject=subject,
        body=body,
        to=[delivery.address or message.person.email],
        headers={
            # Ours, and the same at each attempt: Django's would name this machine, and mail programs fold a repeat by it.
            "Message-ID": f"<message-{message.pk}@{host}>",
            "Auto-Submitted": "auto-generated",
            "X-Auto-Response-Suppress": "All",
        },
    )
