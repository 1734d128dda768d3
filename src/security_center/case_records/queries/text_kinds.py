"""How each kind of row is read as texts: which columns belong together, where they stand, in which group of a
packet, about whom."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from security_center.foundation.organizations.models import Person
from security_center.threat_assessment import content_loader as doctrine
from security_center.threat_assessment.models import Case, PlacementQuestion, Removal, State
from security_center.threat_assessment.policies import is_officer
from security_center.threat_assessment.queries.inquiry import (
    RECORDS,
    visible_files,
    visible_interviews,
    visible_sources,
)
from security_center.threat_assessment.queries.record_rows import (
    interview_versions,
    steps_of,
    visible_findings,
)
from security_center.threat_assessment.record_texts import (
    TextKind,
    label_of,
    moment,
    name_of,
    of_group,
    single,
)

from .. import content_loader as content
from ..models import Disclosure
from .text_kinds_of_rooms import MORE

SCHOOL = "school"
INVOLVED = "involved"
# Exact words of the threat, and who has been worried: what threat-assessment.md F6 says never reached
# anybody.
THREAT_WORDS = frozenset(
    {"communications.exact_words", "communications.intent_violence", "communications.audience"}
)
FEARS = "concerned_others"


def _none_of_a_packet(_row: Any, _unit: str) -> str:
    """It names who else was told, another family among them: nobody outside is given it."""
    return ""


def _source_group(kind: str) -> str:
    group = doctrine.sources()[kind].group
    if group == RECORDS:
        return "records"
    if group == SCHOOL:
        return "fears"
    return "protected" if group == INVOLVED and kind != "student_of_concern" else "facts"


def _protected(kind: str) -> bool:
    """Who reported or saw it, who it is aimed at, and other students: their own words would show who they
    are."""
    return doctrine.sources()[kind].gate in {"identity_protected", "other_student"}


def _group_of_source(row: Any) -> str:
    """A name alone is no fear that somebody has written down."""
    group = _source_group(row.kind)
    return "facts" if group == "fears" and not row.note else group


def _suggested(kind: str) -> str:
    return content.suggested_subjects().get(kind, "")


def _finding_group(row: Any, _unit: str) -> str:
    if not row.current:
        return ""  # an earlier version is part of the record, and of no packet
    if row.prompt in THREAT_WORDS:
        return "threat_words"
    return "fears" if row.prompt.startswith(f"{FEARS}.") else "facts"


def _disclosures(person: Person, case: Case) -> Iterable[Any]:
    """Whom the case was told to. A family's own copy is in the log that the copy lists: as a text to tag it
    would only ask for itself."""
    return (
        Disclosure.objects.filter(case=case)
        .exclude(way=Disclosure.Way.INSPECTION)
        .select_related("by")
        .order_by("pk")
    )


def _finding_heading(row: Any, _unit: str) -> str:
    prompt = doctrine.prompts().get(row.prompt)
    # Without what a prompt tells the asker to do: on paper it would stand between the question and its
    # answer.
    asked = str(prompt.text) if prompt is not None else row.prompt
    asked = asked[: asked.rfind("?") + 1] or asked
    answer = doctrine.finding_labels()[row.answer]
    if not row.current:
        return _("%(question)s %(answer)s (earlier version)") % {"question": asked, "answer": answer}
    return f"{asked} {answer}"


def _kind_of_source(row: Any, _unit: str) -> str:
    return str(doctrine.sources()[row.kind].label)


def _interview_heading(row: Any, unit: str) -> str:
    """Exact words and the interviewer's own stand apart: on paper too a reader must know which is which."""
    return _("Interview: %(who)s. %(part)s") % {
        "who": doctrine.sources()[row.source.kind].label,
        "part": label_of(unit),
    }


def _screened_as(row: Any) -> str:
    """What was answered about danger: the police are told what the screening found
    (threat-assessment.md 5d)."""
    said = {_("Weapon:"): row.get_weapon_display(), _("Somebody aimed at:"): row.get_target_display()}
    said |= {
        _("Whereabouts known:"): row.get_whereabouts_display(),
        _("Self-harm:"): row.get_self_harm_display(),
    }
    return " · ".join(f"{asked} {answer}" for asked, answer in said.items())


def _of_the_police(row: Any) -> bool:
    return bool(row.law_enforcement_purpose or row.source.law_enforcement_only)


def _of_the_school(model: type[models.Model]) -> Callable[[Person, Case], Iterable[Any]]:
    """Discipline and disability are of the school's records: an officer does not see them."""

    def seen(person: Person, case: Case) -> Iterable[Any]:
        return [] if is_officer(person, case) else model._default_manager.filter(case=case).order_by("pk")

    return seen


def _conclusion(row: Any, unit: str) -> str:
    found = doctrine.conclusions().get(row.conclusion)
    said = str(found.label) if found is not None else row.conclusion
    return _("Judgement %(number)d, %(conclusion)s: %(part)s") % {
        "number": row.number,
        "conclusion": said,
        "part": label_of(unit),
    }


def _view(row: Any, _unit: str) -> str:
    return _("View of %(name)s: %(view)s") % {"name": row.person.name, "view": row.get_view_display()}


def _threshold(row: Any, _unit: str) -> str:
    rule = doctrine.thresholds().get(row.threshold)
    asked = str(rule.label) if rule is not None else row.threshold
    return f"{asked}: {row.get_outcome_display()}"


def _party(row: Any, _unit: str) -> str:
    told = doctrine.notice_parties().get(row.party, row.party)
    return f"{told}: {row.get_state_display()}"


def _step(row: Any, _unit: str) -> str:
    return f"{row.plan.case.rules.option_label(row.option)}: {row.get_state_display()}"


def _steps(_person: Person, case: Case) -> Iterable[Any]:
    """With the case at hand, whose plan has the words of each option."""
    rows = list(steps_of(case))
    for row in rows:
        row.plan.case = case
    return rows


def _close(row: Any, _unit: str) -> str:
    reason = doctrine.close_reasons().get(row.reason)
    return _("Asked to close: %(reason)s") % {"reason": reason.label if reason is not None else row.reason}


def _moved(row: Any, _unit: str) -> str:
    return _("Moved to: %(state)s") % {"state": State(row.to_state).label}


def _receiver(row: Any, _unit: str) -> str:
    found = content.receivers().get(row.receiver)
    return str(found.label) if found is not None else row.receiver


KINDS: tuple[TextKind, ...] = (
    TextKind(
        "case",
        "concern",
        single("concern", "subject_facts"),
        lambda row, unit: label_of(unit),
        of_group("facts"),
        at=moment("opened_at"),
        by=name_of("opened_by"),
    ),
    TextKind(
        "screening",
        "screening",
        single("note"),
        lambda row, unit: _("Screening: %(view)s") % {"view": row.get_view_display()},
        of_group("screening"),
        by=name_of("person"),
        facts=_screened_as,
        related=("person",),
    ),
    TextKind(
        "press",
        "police",
        single("note"),
        lambda row, unit: row.get_kind_display(),
        of_group("facts"),
        related=("by",),
    ),
    TextKind(
        "lawenforcementdecision",
        "police",
        {"reason": ("reason", "agency", "officer", "incident_number")},
        _threshold,
        of_group("notices"),
        at=moment("decided_at", "raised_at"),
        by=name_of("decided_by"),
        related=("decided_by",),
    ),
    TextKind(
        "source",
        "sources",
        {"note": ("name", "note")},
        _kind_of_source,
        lambda row, unit: _group_of_source(row),
        at=moment("settled_at", "added_at"),
        by=name_of("added_by"),
        suggested=lambda row: _suggested(row.kind),
        compartment=lambda row: row.law_enforcement_only,
        protected=lambda row: _protected(row.kind),
        seen=visible_sources,
    ),
    TextKind(
        "interview",
        "interviews",
        {"quotes": ("quotes",), "notes": ("notes", "place")},
        _interview_heading,
        lambda row, unit: _source_group(row.source.kind),
        at=moment("started_at"),
        by=name_of("interviewer"),
        suggested=lambda row: _suggested(row.source.kind),
        compartment=_of_the_police,
        protected=lambda row: _protected(row.source.kind),
        seen=visible_interviews,
    ),
    TextKind(
        "sourcefile",
        "sources",
        {"shows": ("name", "shows")},
        lambda row, unit: _("File: %(source)s") % {"source": doctrine.sources()[row.source.kind].label},
        lambda row, unit: _source_group(row.source.kind),
        at=moment("added_at"),
        by=name_of("added_by"),
        suggested=lambda row: _suggested(row.source.kind),
        compartment=lambda row: row.source.law_enforcement_only,
        protected=lambda row: _protected(row.source.kind),
        file=lambda row: row,
        seen=visible_files,
    ),
    TextKind(
        "finding",
        "findings",
        single("note"),
        _finding_heading,
        _finding_group,
        at=moment("recorded_at"),
        by=name_of("recorded_by"),
        seen=visible_findings,
    ),
    TextKind(
        "judgement",
        "judgement",
        single("facts_for", "facts_against", "unknowns", "would_change"),
        _conclusion,
        of_group("judgement"),
        at=moment("made_at"),
        by=name_of("made_by"),
        related=("made_by",),
    ),
    TextKind(
        "signature",
        "judgement",
        single("text"),
        _view,
        of_group("judgement"),
        by=name_of("person"),
        related=("person",),
    ),
    TextKind(
        "notice",
        "notices",
        single("note"),
        _party,
        of_group("notices"),
        at=moment("settled_at", "raised_at"),
        by=name_of("settled_by"),
        related=("settled_by",),
    ),
    TextKind(
        "plan",
        "plan",
        single("goal", "raises_concern", "lowers_concern", "out_of_hours"),
        lambda row, unit: label_of(unit),
        of_group("plan"),
        at=moment("made_at"),
        by=name_of("made_by"),
        related=("made_by",),
    ),
    TextKind(
        "action",
        "plan",
        {"what": ("what", "evidence")},
        _step,
        of_group("plan"),
        at=moment("settled_at", "added_at"),
        by=name_of("owner"),
        seen=_steps,
    ),
    TextKind(
        "review", "reviews", single("text"), lambda row, unit: _("Review"), of_group("plan"), related=("by",)
    ),
    TextKind(
        "closure",
        "closing",
        {"text": ("text", "answer")},
        _close,
        of_group("notices"),
        at=moment("asked_at"),
        by=name_of("asked_by"),
        related=("asked_by",),
    ),
    TextKind("move", "closing", single("reason"), _moved, of_group("facts"), related=("by",)),
    TextKind(
        "interviewversion",
        "interviews",
        {"quotes": ("quotes",), "notes": ("notes",)},
        lambda row, unit: (
            _("%(heading)s (earlier version)") % {"heading": _interview_heading(row.interview, unit)}
        ),
        of_group(""),  # part of the record, and of no packet
        at=moment("saved_at"),
        suggested=lambda row: _suggested(row.interview.source.kind),
        compartment=lambda row: _of_the_police(row.interview),
        protected=lambda row: _protected(row.interview.source.kind),
        seen=interview_versions,
    ),
    TextKind(
        "removal",
        "more",
        single("reason"),
        lambda row, unit: _("Out of class or out of school"),
        of_group("records"),
        seen=_of_the_school(Removal),
    ),
    TextKind(
        "placementquestion",
        "more",
        single("note"),
        lambda row, unit: _("Disability and placement"),
        of_group("records"),
        seen=_of_the_school(PlacementQuestion),
    ),
    TextKind(
        "disclosure",
        "told",
        {"relied_on": ("relied_on", "name")},
        _receiver,
        _none_of_a_packet,
        related=("by",),
        seen=_disclosures,
    ),
    *MORE,
)
