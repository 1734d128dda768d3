"""What a version of the plan says to the rooms that work by it: the doctrine's own rules, with what is
stricter or more here.

A case keeps the version it was opened under, so everything it asks comes from here and nothing from the
doctrine alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property

from msgspec.structs import replace

from security_center.foundation import languages
from security_center.foundation.content_reader import Text

from .content_loader import Span
from .doctrine import assessment, management
from .doctrine.kinds import (
    Behavior,
    BehaviorClass,
    InterviewOrder,
    Mark,
    Scheme,
    TeamRuleSet,
    TellLawEnforcement,
    ThresholdRow,
)
from .doctrine.kinds_of_management import Clock, PlanCategory, PlanOption, ReviewBand, StateLaw
from .models import Plan

OWN = "Our plan"  # the source of what an organization added itself


def own_words(entry: dict[str, str]) -> Text:
    """What an organization added itself, in the languages that it was written in."""
    return Text({code: entry[code] for code in languages.codes() if code in entry})


@dataclass(frozen=True)
class CaseRules:
    """`plan` is None where no plan is adopted: then the doctrine's own rules hold."""

    plan: Plan | None

    @property
    def _choices(self) -> Plan:
        return self.plan or Plan()

    # --- who, and how the judgement is put
    # -----------------------------------------------------------------------------

    @property
    def rule_set(self) -> TeamRuleSet:
        return assessment.team_rule_sets()[self._choices.rule_set]

    @property
    def scheme(self) -> Scheme:
        return management.schemes()[self._choices.scheme]

    @property
    def interview_order(self) -> InterviewOrder:
        return assessment.interview_orders()[self._choices.interview_order]

    @property
    def state_law(self) -> StateLaw | None:
        return management.state_laws().get(self._choices.law_of)

    # --- what is acted on, and when law enforcement is told
    # ------------------------------------------------------------

    @cached_property
    def behaviors(self) -> dict[str, Behavior]:
        """The catalogue without what is left out, and then what was added."""
        kept = {
            key: one
            for key, one in assessment.behaviors().items()
            if key not in self._choices.left_out_behaviors
        }
        for own in self._choices.own_behaviors:
            label = own_words(own)
            kept[own["key"]] = Behavior(
                source=OWN,
                mark=Mark.OURS,
                key=own["key"],
                label=label,
                sentence=label,
                behavior_class=BehaviorClass(own["class"]),
                le=TellLawEnforcement.RULE,
            )
        return kept

    @cached_property
    def thresholds(self) -> dict[str, ThresholdRow]:
        """Every row of the doctrine with the clock that holds here."""
        sooner = self._choices.threshold_minutes
        return {
            key: replace(row, clock_minutes=min(row.clock_minutes, sooner.get(key, row.clock_minutes)))
            for key, row in assessment.thresholds().items()
        }

    # --- clocks
    # --------------------------------------------------------------------------------------------

    def clocks(self, state: str) -> dict[str, Clock]:
        """The clocks of a state of a case; a span is as long as the plan says, in the doctrine's own unit."""
        return {
            key: self._here(f"{state}.{key}", clock)
            for key, clock in management.lifecycle()[state].clocks.items()
        }

    @cached_property
    def assessed_within(self) -> timedelta:
        """In how many hours an assessment has to begin (and, as Broward County asks, to be done)."""
        span = self.clocks("assessing")["start"].span
        assert span is not None  # noqa: S101 - the content file says hours
        return span.as_timedelta()

    def _here(self, name: str, clock: Clock) -> Clock:
        amount = self._choices.clock_amounts.get(name)
        if amount is None or clock.span is None:
            return clock
        return replace(clock, span=Span(min(amount, clock.span.amount), clock.span.unit))

    @cached_property
    def review_bands(self) -> dict[str, ReviewBand]:
        days = self._choices.review_days
        return {
            key: replace(band, first_days=min(band.first_days, days.get(key, band.first_days)))
            for key, band in management.review_bands().items()
        }

    def review_band(self, *, scheme: str, level: str = "", conclusion: str = "") -> ReviewBand | None:
        found = management.review_band(scheme=scheme, level=level, conclusion=conclusion)
        return self.review_bands[found.key] if found is not None else None

    def first_review_days(self, scheme: str, level: str = "", conclusion: str = "") -> int:
        """After how many days the first review is due; where no band is named, as soon as the soonest of
        them."""
        band = self.review_band(scheme=scheme, level=level, conclusion=conclusion)
        return (
            band.first_days if band is not None else min(one.first_days for one in self.review_bands.values())
        )

    # --- management
    # --------------------------------------------------------------------------------------------

    @cached_property
    def plan_categories(self) -> dict[str, PlanCategory]:
        """The options by category, without what is left out, and then what was added."""
        found = {}
        for key, category in management.plan_categories().items():
            kept = {
                name: one
                for name, one in category.options.items()
                if f"{key}.{name}" not in self._choices.left_out_options
            }
            for own in self._choices.own_options:
                if own["category"] == key:
                    kept[own["key"]] = PlanOption(label=own_words(own))
            found[key] = replace(category, options=kept)
        return found

    @cached_property
    def plan_options(self) -> dict[str, PlanOption]:
        """Every option by its name "category.option"."""
        return {
            f"{category.key}.{key}": option
            for category in self.plan_categories.values()
            for key, option in category.options.items()
        }

    def option_label(self, name: str) -> str:
        """In the words of the plan, also for an option that it has left out since; never a key."""
        found = self.plan_options.get(name) or management.plan_options().get(name)
        category = management.plan_categories().get(name.partition(".")[0])
        return str(found.label if found is not None else category.label if category is not None else name)

    # --- retention
    # --------------------------------------------------------------------------------------------

    def retention_days(self, *, short: bool) -> int:
        """How long a closed case is kept; `short` for what turned out to be nothing
        (content/close_reasons.yaml says which reasons)."""
        return self._choices.case_retention_days_short if short else self._choices.case_retention_days
