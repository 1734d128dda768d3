"""The one-time token of a test alert."""

from __future__ import annotations

import hashlib

from django.utils.crypto import salted_hmac

from .channels import EMAIL
from .models import TestAlert


def token_of(alert: TestAlert) -> str:
    """The alert's token. It is worked out anew for the e-mail, so that no table ever holds it."""
    said = f"{alert.person_id}|{alert.sent_at.isoformat()}"
    if alert.channel != EMAIL:  # whose links are on their way
        said += f"|{alert.channel}"
    return salted_hmac("notifications.test_alert", said, algorithm="sha256").hexdigest()


def digest_of(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()
