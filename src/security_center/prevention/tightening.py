"""A school may only tighten what its district has adopted, and no plan is looser than the doctrine. Each
choice that can be compared is one rule: where it is looser, and how it becomes as strict as the plan
above."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from security_center.foundation import languages

from .content_loader import categories
from .doctrine import assessment, management
from .doctrine.kinds import BehaviorClass, TellLawEnforcement
from .models import Plan

Parts = dict[str, str]  # key of what is looser in a choice ("" where it is one thing) → in words


@dataclass(frozen=True)
class Tightening:
    """`step` is where the choice is made, `field` what it is called in the plan. `looser` names what is
    looser: the part of the choice, and in words; `tighten` mends it."""

    field: str
    step: str
    sentence: Any  # with %(what)s
    looser: Callable[[Plan, Plan], Parts]
    tighten: Callable[[Plan, Plan], None]


@dataclass(frozen=True)
class Loosened:
    """What a plan may not say, and in which step."""

    field: str
    step: str
    sentence: Any
    parts: Parts

    def __str__(self) -> str:
        return str(self.sentence) % {"what": ", ".join(self.parts.values())}

    def by_part(self) -> list[tuple[str, str]]:
        """Each part with a sentence of its own, for the field in which it is chosen."""
        return [(part, str(self.sentence) % {"what": what}) for part, what in self.parts.items()]


# --- numbers that may only become smaller
# ----------------------------------------------------------------------------


def standard_clock(name: str) -> int:
    """The doctrine's amount of "state.clock"; 0 where nothing can be counted."""
    state, _dot, clock = name.partition(".")
    span = management.lifecycle()[state].clocks[clock].span if state in management.lifecycle() else None
    return span.amount if span is not None else 0


def clock_names() -> list[str]:
    """The clocks of the states that can be made shorter. One of zero minutes cannot, nor can one that ends
    with the school day."""
    return [
        f"{state.key}.{key}"
        for state in management.lifecycle().values()
        for key, clock in state.clocks.items()
        if clock.span and clock.span.amount
    ]


def threshold_names() -> list[str]:
    """The rows of the law-enforcement threshold that leave time."""
    return [key for key, row in assessment.thresholds().items() if row.clock_minutes]


def _standard_minutes(name: str) -> int:
    return assessment.thresholds()[name].clock_minutes


def _standard_review(name: str) -> int:
    return management.review_bands()[name].first_days


# field → the doctrine's number of each name
NUMBERS: dict[str, tuple[Callable[[], list[str]], Callable[[str], int]]] = {
    "threshold_minutes": (threshold_names, _standard_minutes),
    "clock_amounts": (clock_names, standard_clock),
    "review_days": (lambda: list(management.review_bands()), _standard_review),
}


def number_of(plan: Plan | None, field: str, name: str) -> int:
    """What holds by this plan: its own number where it is smaller than the doctrine's."""
    standard = NUMBERS[field][1](name)
    return min(standard, getattr(plan, field).get(name, standard)) if plan is not None else standard


def label_of(field: str, name: str) -> str:
    if field == "threshold_minutes":
        return str(assessment.thresholds()[name].label)
    if field == "review_days":
        return str(management.review_bands()[name].label)
    state, _dot, clock = name.partition(".")
    found = management.lifecycle()[state]
    return f"{found.label}: {found.clocks[clock].text}"


def _longer(field: str) -> Callable[[Plan, Plan], Parts]:
    names = NUMBERS[field][0]
    return lambda own, above: {
        name: label_of(field, name)
        for name in names()
        if number_of(own, field, name) > number_of(above, field, name)
    }


def _shorten(field: str) -> Callable[[Plan, Plan], None]:
    def tighten(own: Plan, above: Plan) -> None:
        names, standard = NUMBERS[field]
        least = {name: min(number_of(own, field, name), number_of(above, field, name)) for name in names()}
        setattr(own, field, {name: number for name, number in least.items() if number < standard(name)})

    return tighten


# --- lists
# -----------------------------------------------------------------------------------------------------------


def _left_out(field: str, labels: Callable[[], dict[str, Any]]) -> Callable[[Plan, Plan], Parts]:
    return lambda own, above: {
        key: str(labels().get(key, key)) for key in getattr(own, field) if key not in getattr(above, field)
    }


def _keep_in(field: str) -> Callable[[Plan, Plan], None]:
    def tighten(own: Plan, above: Plan) -> None:
        setattr(own, field, [key for key in getattr(own, field) if key in getattr(above, field)])

    return tighten


def _dropped(field: str) -> Callable[[Plan, Plan], Parts]:
    def looser(own: Plan, above: Plan) -> Parts:
        kept = {entry["key"] for entry in getattr(own, field)}
        english = languages.fallback()
        return {entry["key"]: entry[english] for entry in getattr(above, field) if entry["key"] not in kept}

    return looser


def _take_over(field: str) -> Callable[[Plan, Plan], None]:
    def tighten(own: Plan, above: Plan) -> None:
        theirs = getattr(above, field)
        keys = {entry["key"] for entry in theirs}
        setattr(own, field, [*theirs, *(entry for entry in getattr(own, field) if entry["key"] not in keys)])

    return tighten


def behavior_labels() -> dict[str, Any]:
    return {key: one.label for key, one in assessment.behaviors().items()}


def option_labels() -> dict[str, Any]:
    return {key: one.label for key, one in management.plan_options().items()}


def may_be_left_out(behavior: str) -> bool:
    """What is prohibited, protects a child or always goes to law enforcement stays in every plan."""
    one = assessment.behaviors().get(behavior)
    return (
        one is not None
        and one.behavior_class is BehaviorClass.CONCERNING
        and one.le is not TellLawEnforcement.ALWAYS
    )


def option_may_be_left_out(name: str) -> bool:
    """`name`: "category.option". A category that is in every plan keeps all of its options."""
    category = management.plan_categories().get(name.partition(".")[0])
    return category is not None and name in management.plan_options() and not category.in_every_plan


# --- one of several
# --------------------------------------------------------------------------------------------------


def _fewer_disciplines(own: Plan, above: Plan) -> Parts:
    required = {one.expertise for one in assessment.team_rule_sets()[own.rule_set].required}
    missing = [
        one.expertise
        for one in assessment.team_rule_sets()[above.rule_set].required
        if one.expertise not in required
    ]
    return {"": ", ".join(str(assessment.expertise()[key].label) for key in missing)} if missing else {}


def _same(field: str, label: Callable[[Plan], str]) -> Callable[[Plan, Plan], Parts]:
    return lambda own, above: (
        {"": label(above)} if getattr(above, field) and getattr(own, field) != getattr(above, field) else {}
    )


def _take(field: str) -> Callable[[Plan, Plan], None]:
    return lambda own, above: setattr(own, field, getattr(above, field) or getattr(own, field))


def _softer_urgencies(own: Plan, above: Plan) -> Parts:
    known = categories()
    return {
        key: str(known[key].staff_label)
        for key, urgency in above.stricter_urgencies.items()
        if key in known and own.stricter_urgencies.get(key, known[key].urgency) > urgency
    }


def _raise_urgencies(own: Plan, above: Plan) -> None:
    both = {
        key: min(urgency, own.stricter_urgencies.get(key, urgency))
        for key, urgency in above.stricter_urgencies.items()
    }
    own.stricter_urgencies = {**own.stricter_urgencies, **both}


def _kept_longer(field: str) -> Callable[[Plan, Plan], Parts]:
    return lambda own, above: (
        {"": str(getattr(above, field))} if getattr(own, field) > getattr(above, field) else {}
    )


def _keep_shorter(field: str) -> Callable[[Plan, Plan], None]:
    return lambda own, above: setattr(own, field, min(getattr(own, field), getattr(above, field)))


_KEEP = _(
    "Your district keeps this for %(what)s days. A school may keep it for a shorter time, not for a "
    "longer one."
)

TIGHTENINGS: tuple[Tightening, ...] = (
    Tightening(
        "rule_set",
        "team",
        _(
            "Your district’s plan asks for more on the team: %(what)s. Choose a rule set that asks "
            "for these too."
        ),
        _fewer_disciplines,
        lambda own, above: (
            setattr(own, "rule_set", above.rule_set) if _fewer_disciplines(own, above) else None
        ),
    ),
    Tightening(
        "law_of",
        "team",
        _("Your district works by the law of %(what)s, and so do its schools."),
        _same("law_of", lambda plan: str(management.state_laws()[plan.law_of].name)),
        _take("law_of"),
    ),
    Tightening(
        "left_out_behaviors",
        "behaviors",
        _("Your district’s plan acts on this: %(what)s. A school may add behaviors, not leave one out."),
        _left_out("left_out_behaviors", behavior_labels),
        _keep_in("left_out_behaviors"),
    ),
    Tightening(
        "own_behaviors",
        "behaviors",
        _("Your district has added a behavior that every school acts on: %(what)s."),
        _dropped("own_behaviors"),
        _take_over("own_behaviors"),
    ),
    Tightening(
        "stricter_urgencies",
        "reporting",
        _(
            "Your district’s plan asks for a faster answer to: %(what)s. A school may be faster "
            "still, not slower."
        ),
        _softer_urgencies,
        _raise_urgencies,
    ),
    Tightening(
        "retention_days", "reporting", _KEEP, _kept_longer("retention_days"), _keep_shorter("retention_days")
    ),
    Tightening(
        "retention_days_unfounded",
        "reporting",
        _KEEP,
        _kept_longer("retention_days_unfounded"),
        _keep_shorter("retention_days_unfounded"),
    ),
    Tightening(
        "threshold_minutes",
        "le_threshold",
        _(
            "Your district’s plan leaves less time before law enforcement is told: %(what)s. Give "
            "the same time, or less."
        ),
        _longer("threshold_minutes"),
        _shorten("threshold_minutes"),
    ),
    Tightening(
        "scheme",
        "procedures",
        _(
            "Your district has chosen “%(what)s” for all its schools, so that a judgement means the "
            "same everywhere."
        ),
        _same("scheme", lambda plan: str(management.schemes()[plan.scheme].label)),
        _take("scheme"),
    ),
    Tightening(
        "clock_amounts",
        "procedures",
        _("Your district’s plan gives less time for: %(what)s. Give the same time, or less."),
        _longer("clock_amounts"),
        _shorten("clock_amounts"),
    ),
    Tightening(
        "review_days",
        "risk_management",
        _(
            "Your district’s plan asks for an earlier review: %(what)s. Choose the same number of "
            "days, or fewer."
        ),
        _longer("review_days"),
        _shorten("review_days"),
    ),
    Tightening(
        "left_out_options",
        "risk_management",
        _("Your district’s plan offers this: %(what)s. A school may add options, not leave one out."),
        _left_out("left_out_options", option_labels),
        _keep_in("left_out_options"),
    ),
    Tightening(
        "own_options",
        "risk_management",
        _("Your district has added an option that every school offers: %(what)s."),
        _dropped("own_options"),
        _take_over("own_options"),
    ),
    Tightening(
        "case_retention_days",
        "risk_management",
        _KEEP,
        _kept_longer("case_retention_days"),
        _keep_shorter("case_retention_days"),
    ),
    Tightening(
        "case_retention_days_short",
        "risk_management",
        _KEEP,
        _kept_longer("case_retention_days_short"),
        _keep_shorter("case_retention_days_short"),
    ),
)


def loosened(own: Plan, above: Plan | None, step: str = "") -> list[Loosened]:
    """Where `own` is looser than the plan above it; with `step`, only what is chosen there."""
    if above is None:
        return []
    asked = [one for one in TIGHTENINGS if not step or one.step == step]
    return [
        Loosened(one.field, one.step, one.sentence, parts)
        for one in asked
        if (parts := one.looser(own, above))
    ]


def tighten(own: Plan, above: Plan) -> None:
    """Makes `own` as strict as the plan above it wherever it is looser."""
    for one in TIGHTENINGS:
        if one.looser(own, above):
            one.tighten(own, above)
