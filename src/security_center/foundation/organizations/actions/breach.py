"""After a breach, and after a restore: every way in that somebody may have copied, or that had ended since
the backup, ends at once."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from security_center.foundation.clock import now
from security_center.foundation.ledger import actions as ledger

from ..models import AccessSession, Invitation, Person, SignIn


@dataclass(frozen=True)
class Ended:
    sign_ins: int
    links: int
    access_sessions: int


def end_every_way_in(*, actor: str, because: str = "breach") -> Ended:
    """End all sign-ins, invitations, links to set a password anew and access sessions. Done by whoever runs
    the machine, so there is no policy."""
    with transaction.atomic():
        ledger.take_turn()
        moment = now()
        sign_ins = SignIn.objects.all().delete()[0]
        links = Invitation.objects.filter(used_at__isnull=True, expires_at__gt=moment).update(
            expires_at=moment
        )
        # A link to set a password anew is signed over this moment: changed, it fits no more.
        Person.objects.update(last_login=moment)
        access = AccessSession.objects.filter(ended_at__isnull=True, expires_at__gt=moment).update(
            ended_at=moment
        )
        ledger.record(
            actor=actor,
            verb=f"{because}.ways_in_ended",
            about="installation",
            detail={"sign_ins": sign_ins, "links": links, "access_sessions": access},
        )
        return Ended(sign_ins, links, access)
