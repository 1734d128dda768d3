"""One e-mail: made in the person's language, without content, and handed to the mail server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlparse

from django.conf import settings
from django.core import mail
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from security_center.foundation.organizations.models import Person

from ...models import Delivery
from .bounce import NOT_TAKEN
from .confirmation import path_of

LABEL = _("by e-mail")


def is_configured() -> bool:
    return bool(settings.SSC_EMAIL_CONFIGURED)


def address_of(person: Person) -> str:
    return person.email


@contextmanager
def connection() -> Iterator[BaseEmailBackend]:
    """One for several messages."""
    server = mail.mailers.default
    try:
        with suppress(*NOT_TAKEN):  # the first message asks again, and says what is wrong
            server.open()
        yield server
    finally:
        server.close()


def send(delivery: Delivery, connection: BaseEmailBackend | None = None) -> None:
    """Raises one of NOT_TAKEN."""
    email = composed(delivery)
    if connection is None:
        email.send()
    else:
        connection.send_messages([email])


def composed(delivery: Delivery) -> EmailMessage:
    """The e-mail as it will be sent, in the person's language."""
    message = delivery.message
    alert = getattr(delivery, "test_alert", None)
    with override(message.person.language):
        path = message.path or reverse("notifications:inbox", urlconf=settings.STAFF_URLCONF)
        if alert is not None:
            path = path_of(alert)
        context = {"message": message, "link": settings.SSC_STAFF_URL + path, "is_test": alert is not None}
        subject = " ".join(render_to_string("notifications/email_subject.txt", context).split())
        body = render_to_string("notifications/email.txt", context)
    host = urlparse(settings.SSC_STAFF_URL).hostname or "localhost"
    return EmailMessage(
        subject=subject,
        body=body,
        to=[delivery.address or address_of(message.person)],
        headers={
            # Ours, and the same at each attempt: Django's would name this machine, and mail programs fold a
            # repeat by it.
            "Message-ID": f"<message-{message.pk}@{host}>",
            "Auto-Submitted": "auto-generated",
            "X-Auto-Response-Suppress": "All",
        },
    )
