"""Kinds of rows that stand beside the way of a case: what was met about, agreed, tried and asked. They go
into no packet of themselves."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from security_center.threat_assessment import content_loader as doctrine
from security_center.threat_assessment.record_texts import TextKind, always, moment, name_of, of_group


def _why(row: Any) -> str:
    trigger = doctrine.triggers().get(row.trigger)
    return str(trigger.label) if trigger is not None else ""


def _path_step(row: Any, _unit: str) -> str:
    path = doctrine.paths().get(row.path)
    step = path.steps.get(row.step) if path is not None else None
    return (
        f"{path.label}: {step.label}"
        if path is not None and step is not None
        else _("A step of child protection or against self-harm")
    )


def _step_answer(row: Any, _unit: str) -> str:
    found = doctrine.cstag_steps().get(row.step)
    return str(found.title) if found is not None else _("A step of the decision")


def _evaluation(row: Any, _unit: str) -> str:
    found = doctrine.evaluations().get(row.kind)
    return str(found.label) if found is not None else _("An evaluation")


def _outside(row: Any, _unit: str) -> str:
    found = doctrine.outside_reviews().get(row.kind)
    return str(found.label) if found is not None else _("Looked at from outside the team")


MORE: tuple[TextKind, ...] = (
    TextKind(
        "convening",
        "police",
        {"text": ("note",)},
        lambda row, unit: _("The team met: %(why)s") % {"why": _why(row)},
        of_group(""),
        at=moment("held_at", "called_at"),
        by=name_of("held_by", "called_by"),
        related=("held_by", "called_by"),
    ),
    TextKind(
        "classreturn",
        "police",
        {"text": ("note", "reason")},
        lambda row, unit: (
            _("Back to class: %(outcome)s") % {"outcome": row.get_outcome_display() or _("not decided yet")}
        ),
        of_group(""),
        at=moment("decided_at", "raised_at"),
        by=name_of("decided_by", "searched_by"),
        related=("decided_by", "searched_by"),
    ),
    # Who suspects whom of what, and what the agency said: never part of a family's copy, and in no packet.
    TextKind(
        "pathstep",
        "more",
        {"text": ("agency", "called_when", "reference", "note")},
        _path_step,
        of_group(""),
        at=moment("answered_at", "raised_at"),
        by=name_of("answered_by", "raised_by"),
        protected=always,
        related=("answered_by", "raised_by"),
    ),
    TextKind(
        "agencyanswer",
        "more",
        {"text": ("who", "text")},
        lambda row, unit: _("What the agency said about telling the parents"),
        of_group(""),
        at=moment("noted_at"),
        by=name_of("noted_by"),
        protected=always,
        related=("noted_by",),
    ),
    TextKind("stepanswer", "judgement", {"text": ("note",)}, _step_answer, of_group(""), related=("by",)),
    TextKind("evaluation", "judgement", {"text": ("note",)}, _evaluation, of_group(""), related=("by",)),
    TextKind(
        "outsidereview",
        "judgement",
        {"text": ("note",)},
        _outside,
        of_group(""),
        at=moment("answered_at", "asked_at"),
        by=name_of("answered_by"),
        related=("answered_by",),
    ),
    TextKind(
        "leadoffer",
        "closing",
        {"text": ("reason", "answer")},
        lambda row, unit: (
            _("Who leads the case: %(before)s, then %(to)s") % {"before": row.before.name, "to": row.to.name}
        ),
        of_group(""),
        at=moment("asked_at"),
        by=name_of("asked_by"),
        related=("asked_by", "before", "to"),
    ),
    TextKind(
        "hold",
        "closing",
        {"text": ("reason",)},
        lambda row, unit: _("The case was to wait"),
        of_group(""),
        at=moment("asked_at"),
        by=name_of("asked_by"),
        related=("asked_by",),
    ),
)
