"""What the reporting room says, asks and teaches, as typed values read once from reporting/content/.

A fault in a file raises `ContentFault` (foundation.content_reader), which names the file and the key.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from pathlib import Path

from security_center.foundation import languages
from security_center.foundation.content_folder import ContentFolder, must_know
from security_center.foundation.content_reader import ContentFault, Entry, Text
from security_center.prevention.content_loader import outside_resources

CONTENT = ContentFolder(Path(__file__).parent / "content")
LONGEST_MESSAGE = 160  # friendly answers stay short (reporting.md 9)


class QuickQuestion(Entry):
    key: str
    label: Text
    text: Text


class TemplateKind(StrEnum):
    ACKNOWLEDGE = "acknowledge"
    THANK = "thank"
    HOURS = "hours"
    NO_PROMISE = "no_promise"
    SUPPORT = "support"
    CRISIS = "crisis"
    UPDATE = "update"
    CLOSING = "closing"


class MessageTemplate(Entry):
    key: str
    label: Text
    kind: TemplateKind
    text: Text


class StatusLine(Entry):
    key: str
    name: Text
    line: Text


class DispositionAction(Entry):
    key: str
    label: Text
    group: str
    hands_over: bool = False


class ActionGroup(Entry):
    key: str
    label: Text
    actions: tuple[DispositionAction, ...]


class Validity(Entry):
    key: str
    label: Text
    meaning: Text
    two_people: bool = False
    retention: str = "standard"


class GuidedQuestion(Entry):
    """A question of the intake script. `field` is the field of the report form that the answer fills."""

    field: str
    ask: Text
    why: Text
    short: bool = False


class IntakeScript(Entry):
    source: str
    opening: Text
    questions: tuple[GuidedQuestion, ...]
    closing: tuple[Text, ...]
    do_not: tuple[Text, ...]

    @property
    def five_questions(self) -> tuple[GuidedQuestion, ...]:
        return tuple(question for question in self.questions if question.short)


class FieldKind(StrEnum):
    TIME = "time"
    TEXT = "text"
    LONG_TEXT = "long_text"
    CHOICE = "choice"
    SEVERAL = "several"


class CallField(Entry):
    key: str
    label: Text
    kind: FieldKind
    ask: bool = False
    options: dict[str, Text] | None = None


class CallSection(Entry):
    key: str
    title: Text
    fields: tuple[CallField, ...]


class BombThreatForm(Entry):
    source: str
    title: Text
    steps: tuple[Text, ...]
    sections: tuple[CallSection, ...]

    @property
    def fields(self) -> tuple[CallField, ...]:
        return tuple(field for section in self.sections for field in section.fields)

    def as_text(self, answers: Mapping[str, str | list[str]], language: str) -> str:
        """The answers as lines "label: answer" for the report's text, so that nothing of a call is kept
        outside the sealed report."""
        lines: list[str] = []
        for field in self.fields:
            given = answers.get(field.key) or ""
            chosen = [given] if isinstance(given, str) else given
            spoken = [
                field.options[one].in_language(language)
                if field.options and one in field.options
                else one.strip()
                for one in chosen
            ]
            if any(spoken):
                lines.append(
                    f"{field.label.in_language(language)}: {', '.join(one for one in spoken if one)}"
                )
        return "\n".join(lines)


class Steps(Entry):
    title: Text
    steps: tuple[Text, ...]


class DangerNow(Entry):
    source: str
    title: Text
    intro: Text
    steps: tuple[Text, ...]
    after: Text
    situations: dict[str, Steps]


class SelfHelp(Entry):
    """The page "It is about me". `contacts` are keys of prevention's outside resources."""

    source: str
    title: Text
    intro: Text
    now: tuple[Text, ...]
    contacts: tuple[str, ...]
    next: tuple[Text, ...]
    consent: Text
    grounding: Steps


class LessonSection(Entry):
    title: Text
    lines: tuple[Text, ...]


class LessonCheck(Entry):
    question: Text
    answer: Text


class Poster(Entry):
    headline: Text
    lines: tuple[Text, ...]


class Lesson(Entry):
    key: str
    audience: Text
    title: Text
    minutes: int
    aims: tuple[Text, ...]
    sections: tuple[LessonSection, ...]
    activity: LessonSection
    check: tuple[LessonCheck, ...]
    poster: Poster


def _short_enough(text: Text, where: str) -> None:
    for language in languages.codes():
        length = len(text.in_language(language))
        if length > LONGEST_MESSAGE:
            raise ContentFault(
                f"{where}: the text in “{language}” has {length} characters, more than {LONGEST_MESSAGE}"
            )


@cache
def quick_questions() -> dict[str, QuickQuestion]:
    """Questions a reader sends with one press, each of at most 160 characters."""
    found = CONTENT.keyed(QuickQuestion, "quick_questions.yaml", "questions")
    for question in found.values():
        _short_enough(question.text, f"quick_questions.yaml: {question.key}")
    return found


@cache
def message_templates() -> dict[str, MessageTemplate]:
    """Friendly answers, each of at most 160 characters. `after_hours` holds a {time} to fill in."""
    found = CONTENT.keyed(MessageTemplate, "templates.yaml", "templates")
    for template in found.values():
        _short_enough(template.text, f"templates.yaml: {template.key}")
    return found


@cache
def status_lines() -> dict[str, StatusLine]:
    """received, reading, acting, finished: what the reporter sees."""
    return CONTENT.keyed(StatusLine, "status_lines.yaml", "states")


@cache
def disposition_actions() -> dict[str, DispositionAction]:
    found = CONTENT.keyed(DispositionAction, "dispositions.yaml", "actions")
    groups = CONTENT.labels("dispositions.yaml", "groups")
    for action in found.values():
        must_know([action.group], groups, f"dispositions.yaml: {action.key}: group", "groups")
    return found


@cache
def disposition_groups() -> tuple[ActionGroup, ...]:
    return tuple(
        ActionGroup(
            key, label, tuple(action for action in disposition_actions().values() if action.group == key)
        )
        for key, label in CONTENT.labels("dispositions.yaml", "groups").items()
    )


@cache
def validities() -> dict[str, Validity]:
    return CONTENT.keyed(Validity, "dispositions.yaml", "validity")


@cache
def intake_script() -> IntakeScript:
    """The questions of the phone and in-person intake, in order; `five_questions` is the short script."""
    return CONTENT.file(IntakeScript, "guided_questions.yaml")


@cache
def bomb_threat_form() -> BombThreatForm:
    return CONTENT.file(BombThreatForm, "bomb_threat.yaml")


@cache
def danger_now() -> DangerNow:
    """What to do now, shown when danger_now is yes or unsure."""
    return CONTENT.file(DangerNow, "danger_now.yaml")


@cache
def self_help() -> SelfHelp:
    found = CONTENT.file(SelfHelp, "self_help.yaml")
    known = {resource.key for resource in outside_resources()}
    must_know(found.contacts, known, "self_help.yaml: contacts", "resources_outside.yaml")
    return found


@cache
def lessons() -> dict[str, Lesson]:
    """How to report: grades_3_5, grades_6_12, families, staff."""
    found = CONTENT.keyed(Lesson, "lessons.yaml", "lessons")
    for lesson in found.values():
        if not 4 <= len(lesson.sections) <= 6:
            raise ContentFault(f"lessons.yaml: {lesson.key}: needs four to six sections")
        if len(lesson.poster.lines) != 3:
            raise ContentFault(f"lessons.yaml: {lesson.key}: the poster needs three lines")
    return found
