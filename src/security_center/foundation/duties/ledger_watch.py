"""The worker signs the ledger each minute and verifies the whole of it every few hours. What it finds rings
for administrators and auditors."""

from __future__ import annotations

import logging
from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from security_center.foundation.clock import now
from security_center.foundation.ledger import actions as ledger
from security_center.foundation.ledger import queries as ledger_queries
from security_center.foundation.ledger.before_signing import LedgerBroken
from security_center.foundation.notifications import queries as notifications
from security_center.foundation.notifications.actions import notify
from security_center.foundation.notifications.kinds import MessageKind
from security_center.foundation.organizations import queries as organizations
from security_center.foundation.organizations.models import Role

log = logging.getLogger("security_center.worker")

RING_AGAIN = timedelta(days=1)
BROKEN = MessageKind(
    "duties.ledger_broken",
    _("The ledger was changed"),
    _("The ledger is not as it was signed. Keep a copy of the data folder, and look at the ledger’s page."),
)


def sign() -> None:
    try:
        ledger.sign_head()
    except LedgerBroken:
        ring()
        raise


def verify_whole() -> None:
    """Raises LedgerBroken for what nobody has seen and signed on after."""
    found = ledger_queries.verify()
    if found.fresh_problems:
        ring()
        raise LedgerBroken(found.problems[0].sentence)


def ring() -> None:
    """Each administrator and auditor, once a day while it lasts."""
    log.error("the ledger is not as it was signed")
    with transaction.atomic():
        told = notifications.told_since(BROKEN.name, now() - RING_AGAIN)
        for person in organizations.people_with_roles_anywhere((Role.ADMINISTRATOR, Role.AUDITOR)):
            if person.pk not in told:
                notify(person=person, kind=BROKEN.name, path="/ledger/")
