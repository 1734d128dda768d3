"""The eight steps of the plan: which choices belong to which."""

from __future__ import annotations

from .doctrine import management
from .doctrine.kinds_of_management import PlanStep

# Step of the starting plan → fields of Plan that are chosen there. (The words of a step, and whether they are
# public, belong to each.)
FIELDS: dict[str, tuple[str, ...]] = {
    "team": ("names", "team", "law_of", "rule_set"),
    "behaviors": ("left_out_behaviors", "own_behaviors"),
    "reporting": (
        "languages",
        "hidden_categories",
        "stricter_urgencies",
        "school_hours",
        "message_hours",
        "other_line_name",
        "other_line_number",
        "retention_days",
        "retention_days_unfounded",
    ),
    "le_threshold": ("threshold_minutes",),
    "procedures": ("scheme", "interview_order", "clock_amounts"),
    "risk_management": (
        "left_out_options",
        "own_options",
        "review_days",
        "case_retention_days",
        "case_retention_days_short",
    ),
    "climate": (),
    "training": (),
}


def steps() -> list[PlanStep]:
    return list(management.starting_plan().steps.values())


def step_after(key: str) -> str | None:
    """The next step; None after the last."""
    keys = list(FIELDS)
    place = keys.index(key) + 1
    return keys[place] if place < len(keys) else None
