from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from security_center.foundation.notifications import kinds
from security_center.foundation.organizations.models import Organization, Person

START = datetime(2026, 11, 24, 14, 0, tzinfo=UTC)
KIND = "tests.acknowledge"


class Mailbox:
    """A real mail server on this machine's loopback. `answer` is what it says to the next messages."""

    def __init__(self) -> None:
        self.raw: list[bytes] = []
        self.answer = "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - the library's own name
        if self.answer.startswith("250"):
            self.raw.append(bytes(envelope.original_content or b""))
        return self.answer

    @property
    def messages(self) -> list[EmailMessage]:
        return [message_from_bytes(raw, policy=policy.default) for raw in self.raw]


@dataclass
class House:
    district: Organization
    rosa: Person
    luz: Person


def by_smtp(port: int) -> dict[str, dict[str, Any]]:
    """MAILERS for a mail server of this machine."""
    return {
        "default": {
            "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "OPTIONS": {"host": "127.0.0.1", "port": port, "timeout": 20},
        }
    }


@pytest.fixture
def mailbox(settings: Any) -> Iterator[Mailbox]:
    found = Mailbox()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(found, hostname="127.0.0.1", port=port)
    controller.start()
    settings.MAILERS = by_smtp(port)
    settings.SSC_EMAIL_CONFIGURED = True
    settings.SSC_STAFF_URL = "https://staff.example.org"
    yield found
    controller.stop()


@pytest.fixture
def house(db: None) -> Iterator[House]:
    district = Organization.objects.create(
        kind="district", name="Maple Valley", slug="maple-valley", created_at=START
    )
    rosa = Person.objects.create_user(email="rosa@maple.example.org", name="Rosa", created_at=START)
    luz = Person.objects.create_user(
        email="luz@maple.example.org", name="Luz", language="es", created_at=START
    )
    kinds.register(
        kinds.MessageKind(KIND, "You have a duty", "Report %(number)s waits for you at %(organization)s.")
    )
    yield House(district, rosa, luz)
    kinds._kinds.pop(KIND, None)
