"""How long a closed case is kept: by its reason to close and, where a concern was passing, by its level
(content/close_reasons.yaml), for as many days as the plan says that the case was opened under."""

from __future__ import annotations

from datetime import date, timedelta

from msgspec.structs import replace

from security_center.foundation.timekeeping.queries import moment_on_record

from . import content_loader as doctrine
from .content_kinds import Kept
from .gates import SAYS_NOTHING_WAS
from .models import Case

TRANSIENT = "transient"


def kept_by(case: Case) -> Kept:
    """The rule of a closed case; of an open one, what would hold if it were closed after a plan."""
    rules, reason = doctrine.kept_for(), doctrine.close_reasons().get(case.close_reason)
    standard = case.rules.retention_days(short=False)
    if reason is not None and reason.retention == "short":
        return replace(rules["short"], days=case.rules.retention_days(short=True))
    last = case.judgements.order_by("-number").first()
    if last is not None and last.level == TRANSIENT:
        # Never longer than a concern that was grave
        return replace(rules[TRANSIENT], days=min(rules[TRANSIENT].days, standard))
    return replace(rules["standard"], days=standard)


def end_of(case: Case) -> date:
    """The day on which a case that closes today is destroyed."""
    return moment_on_record().astimezone(case.zone).date() + timedelta(days=kept_by(case).days)


def may_end_early(case: Case) -> bool:
    """A concern with nothing in it need not wait for its day. Where a life or a weapon was at stake it does:
    two people cannot close and destroy within an hour what they were told. What goes on in another case waits
    too."""
    grave = case.grave_words or case.life_safety
    return not case.open and case.expunged_at is None and case.close_reason in SAYS_NOTHING_WAS and not grave
