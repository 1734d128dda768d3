"""How a test alert proves that the mailbox is read: by a page behind a link that only this e-mail holds, and
the button on it."""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse

from ...models import TestAlert
from ...tokens import token_of


def path_of(alert: TestAlert) -> str:
    return reverse("notifications:test_alert", args=[token_of(alert)], urlconf=settings.STAFF_URLCONF)
