"""The doctrine of closure, privacy and equity as typed values (see content_assessment)."""

from __future__ import annotations

from functools import cache

from security_center.foundation.content_folder import must_know
from security_center.foundation.content_reader import ContentFault, Text
from security_center.prevention.doctrine.kinds import Rule

from .content_files import CONTENT
from .content_kinds import (
    CloseReason,
    EquityMetric,
    Failure,
    Kept,
    NeverCloseReason,
    PlanRules,
    PrivacyRule,
)

# --- step 6: management and closure
# ----------------------------------------------------------------------------------


@cache
def plan_rules() -> PlanRules:
    return CONTENT.file(PlanRules, "plan_rules.yaml")


@cache
def close_reasons() -> dict[str, CloseReason]:
    found = CONTENT.keyed(CloseReason, "close_reasons.yaml", "reasons")
    for reason in found.values():
        if not reason.gates:
            where = f"close_reasons.yaml: reasons: {reason.key}: gates"
            raise ContentFault(f"{where}: a case closes through at least one")
    return found


@cache
def never_close_reasons() -> dict[str, NeverCloseReason]:
    """What people give as a reason and what closes nothing, each with the sentence that says why."""
    found = CONTENT.keyed(NeverCloseReason, "close_reasons.yaml", "not_reasons")
    both = set(found) & set(close_reasons())
    if both:
        raise ContentFault(f"close_reasons.yaml: not_reasons: “{min(both)}” is a reason too")
    return found


@cache
def reopening_rules() -> dict[str, Rule]:
    return CONTENT.nested(Rule, "close_reasons.yaml", "reopening")


@cache
def kept_for() -> dict[str, Kept]:
    """How long a closed case is kept: short, transient, standard."""
    found = CONTENT.keyed(Kept, "close_reasons.yaml", "kept")
    must_know(("short", "transient", "standard"), found, "close_reasons.yaml: kept", "the file")
    return found


# --- privacy, states, equity, failures
# -------------------------------------------------------------------------------


@cache
def counsel_note() -> Text:
    return CONTENT.one_text("privacy.yaml", "counsel_note")


@cache
def privacy_rules() -> dict[str, PrivacyRule]:
    """threat-assessment.md 10.1 to 10.16, in order; `number` is the place there."""
    return CONTENT.keyed(PrivacyRule, "privacy.yaml", "rules")


@cache
def answer_card() -> tuple[str, ...]:
    """Keys of the rules that stand where somebody is about to ask or to tell."""
    found = tuple(CONTENT.part("privacy.yaml", "answer_card"))
    must_know(found, privacy_rules(), "privacy.yaml: answer_card", "rules")
    return found


@cache
def own_privacy_rules() -> dict[str, Rule]:
    """Our rules of access and retention."""
    return CONTENT.nested(Rule, "privacy.yaml", "own_rules")


@cache
def equity_denominators() -> dict[str, Text]:
    return CONTENT.labels("equity.yaml", "denominators")


@cache
def equity_groups() -> dict[str, Text]:
    return CONTENT.labels("equity.yaml", "groups")


@cache
def equity_metrics() -> dict[str, EquityMetric]:
    found = CONTENT.keyed(EquityMetric, "equity.yaml", "metrics")
    for metric in found.values():
        where = f"equity.yaml: metrics: {metric.key}"
        must_know((metric.denominator,), equity_denominators(), f"{where}: denominator", "denominators")
        must_know(metric.by, equity_groups(), f"{where}: by", "groups")
    return found


@cache
def equity_rules() -> dict[str, Rule]:
    return CONTENT.nested(Rule, "equity.yaml", "rules")


@cache
def failures() -> dict[str, Failure]:
    """threat-assessment.md F1 to F14."""
    return CONTENT.keyed(Failure, "failures.yaml", "failures")
