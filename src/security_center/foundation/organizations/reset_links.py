"""Links with which a person sets a new password."""

from __future__ import annotations

from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.utils.http import base36_to_int

from .models import Person

AHEAD = 60  # seconds by which the clocks of two machines may differ


class ResetLinks(PasswordResetTokenGenerator):
    def check_token(self, user: Person | None, token: str | None) -> bool:
        """As Django's, and never for a link from the future: made by a clock that was ahead, it would be open
        for as long."""
        if not token or not super().check_token(user, token):
            return False
        made = base36_to_int(token.partition("-")[0])
        return made <= self._num_seconds(self._now()) + AHEAD
