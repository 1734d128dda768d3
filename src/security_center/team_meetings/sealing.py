"""How this room opens the minutes of a meeting."""

from __future__ import annotations

from security_center.foundation.organizations.identity import desk_recipients
from security_center.foundation.vault.queries import open_even_damaged
from security_center.foundation.vault.records import OpenRecord

from .models import Meeting


def unsealed_meeting(meeting: Meeting) -> OpenRecord:
    """The record of a meeting's minutes. Callers have asked the policy. Raises `VaultLocked` when the key
    file is missing."""
    return open_even_damaged(meeting.record, *desk_recipients(meeting.place, meeting.district))
