"""The plan on paper: a tagged PDF that a board can read, adopt and sign. Its words are the version's own;
nothing else is drawn."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.utils import formats, translation
from django.utils.translation import gettext as _

from security_center.foundation.documents.render import render

from .beginning import title_of
from .case_rules import CaseRules
from .content_loader import Unit
from .doctrine import assessment, management
from .models import Plan
from .plan_pages import said
from .plan_words import law_in_words, span_in_words

TEMPLATE = Path(__file__).parent / "papers" / "plan.typ"


def paper(plan: Plan, language: str) -> bytes:
    """The PDF of a version, or of a draft, which says so across each page and has lines to sign on. Raises
    `CannotRender`."""
    draft = plan.state == Plan.State.DRAFT
    with translation.override(language):
        return render(
            TEMPLATE,
            _data(plan, language, signing=draft),
            title=title_of(plan.organization, language),
            language=language,
            author=plan.organization.name,
            footer=_("Draft") if draft else _("Version %(version)d") % {"version": plan.version},
            watermark=_("Draft") if draft else "",
        )


def _data(plan: Plan, language: str, *, signing: bool) -> dict[str, Any]:
    return {
        "intro": str(management.starting_plan().intro),
        "about": [list(row) for row in _about(plan)],
        "chosen": _("What was chosen here"),
        "steps": [
            {
                "name": f"{one.step.number}. {one.step.name}",
                "paragraphs": one.paragraphs,
                "facts": [[fact.label, fact.value] for fact in one.facts],
            }
            for one in said(plan, language)
        ],
        "threshold": {
            "title": _("When law enforcement is told"),
            "header": [_("When"), _("Any of these"), _("What is done"), _("Within")],
            "rows": [
                [
                    str(row.label),
                    " ".join(str(one) for one in row.conditions),
                    "; ".join(str(assessment.law_enforcement_actions()[key]) for key in row.actions),
                    span_in_words(row.clock_minutes, Unit.MINUTES),
                ]
                for row in CaseRules(plan).thresholds.values()
            ],
        },
        "law": {"title": _("State law"), "lines": law_in_words(plan), "note": str(management.verify_note())},
        "behaviors": {"title": _("Behaviors that this plan acts on"), "groups": _behaviors(plan)},
        "signing": {
            "title": _("Adoption"),
            "lines": [_("On behalf of"), _("Name"), _("Signature"), _("Date")] if signing else [],
        },
    }


def _about(plan: Plan) -> list[tuple[str, str]]:
    rows = [(_("School or district"), plan.organization.name)]
    if plan.adopted_at is not None:
        rows += [
            (_("Version"), str(plan.version)),
            (_("Adopted on"), formats.date_format(plan.adopted_at, "DATE_FORMAT")),
            (_("Adopted by"), plan.adopted_by.name if plan.adopted_by is not None else "—"),
        ]
    if plan.adopted_for:
        rows.append((_("On behalf of"), plan.adopted_for))
    if plan.decided_on is not None:
        rows.append((_("Decided on"), formats.date_format(plan.decided_on, "DATE_FORMAT")))
    if plan.above is not None:
        told = _("%(name)s, version %(version)d") % {
            "name": plan.above.organization.name,
            "version": plan.above.version,
        }
        rows.append((_("Under the plan of"), told))
    return rows


def _behaviors(plan: Plan) -> list[dict[str, Any]]:
    here, classes = CaseRules(plan).behaviors.values(), assessment.behavior_classes()
    groups = [
        (str(words.label), [str(one.label) for one in here if one.behavior_class is kind])
        for kind, words in classes.items()
    ]
    return [{"name": name, "lines": lines} for name, lines in groups if lines]
