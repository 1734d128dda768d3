"""What a version of the plan says, as rows of words: the same rows stand on its page, in its PDF and in the
comparison of two versions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import time
from typing import Any

from django.conf import settings
from django.utils import formats
from django.utils.dates import WEEKDAYS
from django.utils.translation import get_language, get_language_info, ngettext
from django.utils.translation import gettext as _

from security_center.foundation import languages

from .beginning import name_in, names_to_fill
from .case_rules import CaseRules, own_words
from .content_loader import Unit, categories, urgencies
from .doctrine import assessment, management
from .models import Plan
from .tightening import NUMBERS, behavior_labels, label_of, option_labels


@dataclass(frozen=True)
class Fact:
    """One choice of a step. `stricter` marks what is stricter here than the doctrine, or more than it."""

    key: str
    label: str
    value: str
    stricter: bool = False


def facts_of(plan: Plan, step: str) -> list[Fact]:
    return _FACTS[step](plan) if step in _FACTS else []


def _team(plan: Plan) -> list[Fact]:
    blanks, rule_set = management.starting_plan().blanks, assessment.team_rule_sets()[plan.rule_set]
    language = languages.offered(get_language())
    found = [
        Fact(name, str(blanks[name].label), name_in(plan, name, language) or _("not named yet"))
        for name in names_to_fill()
    ]
    law = management.state_laws().get(plan.law_of)
    found.append(Fact("law_of", _("State law"), str(law.name) if law is not None else _("none chosen")))
    found.append(Fact("rule_set", _("Who has to be on the team"), str(rule_set.label)))
    held = {row["expertise"]: row for row in plan.team}
    for one in rule_set.required:
        row = held.get(one.expertise, {})
        if row.get("name"):
            value = _("%(name)s; steps in: %(alternate)s") % {
                "name": row["name"],
                "alternate": row.get("alternate_name") or _("nobody yet"),
            }
        else:
            value = _("nobody yet")
        found.append(Fact(f"team_{one.expertise}", str(assessment.expertise()[one.expertise].label), value))
    return found


def law_in_words(plan: Plan) -> list[str]:
    """What the law of the chosen state asks for; what is not confirmed says so."""
    law, marks = CaseRules(plan).state_law, assessment.marks()
    if law is None:
        return []
    return [
        f"{one.rule} ({one.source})" if one.confirmed else f"{one.rule} ({marks[one.mark].label})"
        for one in law.rules.values()
    ]


def _behaviors(plan: Plan) -> list[Fact]:
    labels = behavior_labels()
    left_out = [str(labels[key]) for key in plan.left_out_behaviors if key in labels]
    return [
        Fact("behaviors", _("Behaviors that this plan acts on"), str(len(CaseRules(plan).behaviors))),
        Fact("left_out_behaviors", _("Left out of the catalogue"), "; ".join(left_out) or _("none")),
        Fact("own_behaviors", _("Added here"), _own(plan.own_behaviors), bool(plan.own_behaviors)),
    ]


def _own(entries: list[dict[str, str]]) -> str:
    return "; ".join(str(own_words(entry)) for entry in entries) or _("none")


def _reporting(plan: Plan) -> list[Fact]:
    known, names = categories(), {key: str(rule.name) for key, rule in urgencies().items()}
    window = plan.message_hours or ["06:00", "18:00"]
    line = " ".join(part for part in (plan.other_line_name, plan.other_line_number) if part)
    stricter = [
        _("%(category)s: %(here)s instead of %(standard)s")
        % {
            "category": known[key].staff_label,
            "here": names[urgency],
            "standard": names[known[key].urgency.value],
        }
        for key, urgency in plan.stricter_urgencies.items()
        if key in known and urgency in names
    ]
    hidden = [str(known[key].staff_label) for key in plan.hidden_categories if key in known]
    return [
        Fact(
            "languages", _("Languages of the form"), ", ".join(language_name(code) for code in plan.languages)
        ),
        Fact("school_hours", _("School hours"), hours_in_words(plan.school_hours)),
        Fact(
            "message_hours",
            _("Alerts that can wait go out"),
            _("%(start)s to %(end)s") % {"start": _clock(window[0]), "end": _clock(window[1])},
        ),
        Fact("other_line", _("Another line to turn to"), line or _("none named")),
        Fact(
            "stricter_urgencies",
            _("Answered faster than usual"),
            "; ".join(stricter) or _("no category: each has its usual urgency"),
            bool(stricter),
        ),
        Fact("hidden_categories", _("Not offered on the form"), "; ".join(hidden) or _("none")),
        Fact("retention_days", _("Closed reports are kept"), days_in_words(plan.retention_days)),
        Fact(
            "retention_days_unfounded",
            _("Unfounded reports are kept"),
            days_in_words(plan.retention_days_unfounded),
        ),
    ]


def _threshold(plan: Plan) -> list[Fact]:
    rows, standard = CaseRules(plan).thresholds, assessment.thresholds()
    return [
        Fact(
            key,
            str(row.label),
            span_in_words(row.clock_minutes, Unit.MINUTES),
            row.clock_minutes < standard[key].clock_minutes,
        )
        for key, row in rows.items()
    ]


def _procedures(plan: Plan) -> list[Fact]:
    rules = CaseRules(plan)
    return [
        Fact("scheme", _("How the judgement is named"), str(rules.scheme.label)),
        Fact("interview_order", _("Order of interviews"), str(rules.interview_order.label)),
        *(_clock_fact(rules, name) for name in NUMBERS["clock_amounts"][0]()),
    ]


def _clock_fact(rules: CaseRules, name: str) -> Fact:
    state, _dot, key = name.partition(".")
    span = rules.clocks(state)[key].span
    amount, standard = (span.amount, NUMBERS["clock_amounts"][1](name)) if span is not None else (0, 0)
    return Fact(
        name,
        label_of("clock_amounts", name),
        span_in_words(amount, span.unit if span is not None else Unit.MINUTES),
        amount < standard,
    )


def _risk_management(plan: Plan) -> list[Fact]:
    labels, rules, bands = option_labels(), CaseRules(plan), management.review_bands()
    left_out = [str(labels[key]) for key in plan.left_out_options if key in labels]
    return [
        *(
            Fact(
                f"review_{key}",
                _("First review: %(level)s") % {"level": band.label},
                days_in_words(band.first_days),
                band.first_days < bands[key].first_days,
            )
            for key, band in rules.review_bands.items()
        ),
        Fact("options", _("Options a plan for a student can use"), str(len(rules.plan_options))),
        Fact("left_out_options", _("Options that are not offered"), "; ".join(left_out) or _("none")),
        Fact("own_options", _("Options added here"), _own(plan.own_options), bool(plan.own_options)),
        Fact("case_retention_days", _("Closed cases are kept"), days_in_words(plan.case_retention_days)),
        Fact(
            "case_retention_days_short",
            _("Unfounded and passing concerns are kept"),
            days_in_words(plan.case_retention_days_short),
        ),
    ]


_FACTS: dict[str, Callable[[Plan], list[Fact]]] = {
    "team": _team,
    "behaviors": _behaviors,
    "reporting": _reporting,
    "le_threshold": _threshold,
    "procedures": _procedures,
    "risk_management": _risk_management,
}


def span_in_words(amount: int, unit: Unit) -> str:
    if amount == 0:
        return _("at once")
    if unit is Unit.MINUTES and amount % 60 == 0:
        amount, unit = amount // 60, Unit.HOURS
    told: dict[Unit, Any] = {
        Unit.MINUTES: ngettext("%(amount)d minute", "%(amount)d minutes", amount),
        Unit.HOURS: ngettext("%(amount)d hour", "%(amount)d hours", amount),
        Unit.SCHOOL_HOURS: ngettext("%(amount)d school hour", "%(amount)d school hours", amount),
        Unit.SCHOOL_DAYS: ngettext("%(amount)d school day", "%(amount)d school days", amount),
    }
    return str(told[unit] % {"amount": amount})


def days_in_words(days: int) -> str:
    return ngettext("%(days)d day", "%(days)d days", days) % {"days": days}


def language_name(code: str) -> str:
    try:
        return str(get_language_info(code)["name_translated"]).capitalize()
    except KeyError:
        return str(dict(settings.LANGUAGES).get(code, code))


def hours_in_words(hours: dict[str, Any]) -> str:
    """ "Monday to Friday 7:30 a.m. to 3:30 p.m."; days with the same hours in a row are told together."""
    days = [(day, tuple(hours[str(day)])) for day in range(7) if str(day) in hours]
    if not days:
        return _("no school hours set")
    runs: list[tuple[int, int, tuple[str, ...]]] = []
    for day, pair in days:
        if runs and runs[-1][1] == day - 1 and runs[-1][2] == pair:
            runs[-1] = (runs[-1][0], day, pair)
        else:
            runs.append((day, day, pair))
    told = []
    for first, last, pair in runs:
        times = _("%(start)s to %(end)s") % {"start": _clock(pair[0]), "end": _clock(pair[1])}
        span = (
            str(WEEKDAYS[first])
            if first == last
            else _("%(first)s to %(last)s") % {"first": WEEKDAYS[first], "last": WEEKDAYS[last]}
        )
        told.append(f"{span}, {times}")
    return "; ".join(told)


def _clock(text: str) -> str:
    return str(formats.time_format(time.fromisoformat(text), "TIME_FORMAT"))


def promises() -> list[tuple[str, str]]:
    """Each urgency with what the school does. The clocks are the doctrine's; a plan can move a category up,
    never a clock down."""
    return [(key, str(rule.promise)) for key, rule in urgencies().items()]
