"""Coverage and plan in words. Times are the school's own wall times."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from security_center.foundation.clock import now
from security_center.foundation.organizations.models import Organization
from security_center.foundation.wording import moment_in_words

from .coverage import Stretch
from .doctrine.kinds import TeamRuleSet


def who_leads(rule_set: TeamRuleSet) -> str:
    """What to know when the leader of a team is chosen; "" where the rules say nothing of it."""
    return (
        _("By the rules that you work by, the principal normally does not lead.")
        if rule_set.chair_not_principal
        else ""
    )


def gap_in_words(gap: Stretch, organization: Organization) -> str:
    start = _("now") if gap.starts_at <= now() else moment_in_words(gap.starts_at, organization)
    return _("from %(start)s to %(end)s") % {
        "start": start,
        "end": moment_in_words(gap.ends_at, organization),
    }


def gaps_in_words(gaps: Sequence[Stretch], organization: Organization, days: int, most: int = 3) -> str:
    """One sentence on the hours in which nobody reads; "" when somebody always does."""
    if not gaps:
        return ""
    hours = round(sum((gap.ends_at - gap.starts_at).total_seconds() for gap in gaps) / 3600)
    if hours >= days * 24 - 1:
        return _("Nobody reads at any time.")
    listed = "; ".join(gap_in_words(gap, organization) for gap in gaps[:most])
    counted = ngettext("%(hours)d hour", "%(hours)d hours", hours) % {"hours": hours}
    if len(gaps) > most:
        listed = _("%(listed)s; and %(more)d more times") % {"listed": listed, "more": len(gaps) - most}
    return _("Nobody reads for %(hours)s of the next %(days)d days: %(listed)s.") % {
        "hours": counted,
        "days": days,
        "listed": listed,
    }


def missing_in_words(code: str) -> str:
    """Why a form is closed."""
    return {
        "no_plan": _("No plan is adopted."),
        "no_reader": _("The coverage calendar names no reader."),
        "unproved_reader": _("A reader has not confirmed a test alert in the last 120 days."),
        "not_active": _("The school is marked as not taking part."),
    }.get(code, _("Something is missing."))
