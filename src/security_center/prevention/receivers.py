"""What this room does when a mailbox is proved: a form opens as soon as nothing is missing."""

from __future__ import annotations

from typing import Any

from security_center.foundation.notifications.signals import test_alert_confirmed
from security_center.foundation.organizations.models import Person

from . import queries
from .actions import publishing


def publish_forms_of_whoever_proved(person: Person, **_signal: Any) -> None:
    """The form that waited for this proof opens now: "every form is open" is said on the next page."""
    publishing.publish_forms(organizations=queries.desks_of_reader(person))


def connect() -> None:
    test_alert_confirmed.connect(publish_forms_of_whoever_proved, dispatch_uid="forms_of_whoever_proved")
