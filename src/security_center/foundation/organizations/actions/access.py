"""An administrator's time-limited look at content: a reason, an announcement, an end."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from security_center.foundation.clock import now
from security_center.foundation.ledger import actions as ledger
from security_center.foundation.refusals import Refusal
from security_center.foundation.vault import actions as vault
from security_center.foundation.vault.columns import seal

from .. import policies, signals
from ..identity import desk_recipients
from ..models import AccessSession, Organization, Person
from ..permissions import Permission

LONGEST_HOURS = 4
SHORTEST_REASON = 10


class AccessTooLong(Refusal):
    sentence = _("An access session lasts at least 1 hour and at most 4 hours.")
    fields = ("hours",)


class ReasonMissing(Refusal):
    sentence = _("Say in a sentence why you need to look. The desk and the auditor will read it.")
    fields = ("reason",)


def start_access_session(
    *, actor: Person, organization: Organization, reason: str, hours: int = 1
) -> AccessSession:
    """Open the content of exactly this organization to its administrator for some hours (at most 4), and say
    so to its desk.

    The reason is sealed to the desk (and to the district's) in a vault record of its own. Raises NotAllowed,
    AccessTooLong, ReasonMissing. A session that is open there already is ended first, so that there is one
    reason for one look."""
    if not 1 <= hours <= LONGEST_HOURS:
        raise AccessTooLong
    if len(reason.strip()) < SHORTEST_REASON:
        raise ReasonMissing
    with transaction.atomic():
        policies.require(actor, Permission.ACCESS_SESSION_START, organization)
        moment = now()
        for earlier in AccessSession.objects.filter(
            person=actor, organization=organization, ended_at__isnull=True, expires_at__gt=moment
        ):
            end_access_session(actor=actor, session=earlier)
        recipients = desk_recipients(organization, organization.district)
        opened = vault.new_record(recipients=recipients)
        session = AccessSession(
            person=actor,
            organization=organization,
            record=opened.record,
            started_at=moment,
            expires_at=moment + timedelta(hours=hours),
        )
        seal(opened, session, reason=reason.strip())
        session.save()
        policies.forget(actor)
        ledger.record(
            actor=actor,
            verb="access_session.started",
            about=f"access_session:{session.pk}",
            organization_id=organization.pk,
            detail={"hours": hours},
        )
        signals.access_session_started.send(sender=AccessSession, session=session, actor=actor)
        return session


def end_access_session(*, actor: Person, session: AccessSession) -> None:
    """End it now. Whoever opened it may, and whoever administers the organization. Raises NotAllowed."""
    with transaction.atomic():
        if session.person_id != actor.pk:
            policies.require(actor, Permission.ACCESS_SESSION_START, session.organization)
        moment = now()
        if (
            AccessSession.objects.filter(pk=session.pk, ended_at__isnull=True, expires_at__gt=moment).update(
                ended_at=moment
            )
            != 1
        ):
            return
        session.ended_at = moment
        policies.forget(actor)
        ledger.record(
            actor=actor,
            verb="access_session.ended",
            about=f"access_session:{session.pk}",
            organization_id=session.organization_id,
        )
        signals.access_session_ended.send(sender=AccessSession, session=session, actor=actor)
