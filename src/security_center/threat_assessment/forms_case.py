"""Forms of the first half of a case: opening it, its team, its screening, its moves, containment, and whether
the police are told."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from security_center.foundation.organizations.models import Person
from security_center.foundation.web.staff_forms import StaffForm, by_id, choose_one, named_people, words
from security_center.prevention.doctrine.kinds import TeamRuleSet, ThresholdRow
from security_center.prevention.wording import who_leads
from security_center.reporting.forms_staff import identifier_choices

from . import content_loader as doctrine
from .models import Case, LawEnforcementDecision, Screening
from .wording import SAFETY_QUESTIONS


def _yes_no(label: Any, **options: Any) -> forms.TypedChoiceField:
    choices = [("no", _("No")), ("yes", _("Yes"))]
    return forms.TypedChoiceField(
        label=label, widget=forms.RadioSelect, choices=choices, coerce=lambda value: value == "yes", **options
    )


def _disciplines(label: Any, **options: Any) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one discipline.")},
        **options,
    )


def discipline_choices() -> list[tuple[str, str]]:
    return [(one.key, str(one.label)) for one in doctrine.expertise().values()]


class OpenCaseForm(StaffForm):
    """A concern becomes a case. With a report, its number says where it comes from."""

    name = "open"
    concern = words(
        5,
        _("What is the concern?"),
        help_text=_("In your own words. A report is named by its number: do not copy what it says."),
        error_messages={"required": _("Write in a sentence what the concern is.")},
    )
    life_safety = _yes_no(
        _("May somebody’s life be in danger?"),
        help_text=_("Then somebody takes it on within 15 minutes."),
        error_messages={"required": _("Choose one.")},
    )
    subject_name = forms.CharField(
        label=_("Which student is it about?"),
        required=False,
        max_length=200,
        help_text=_("Leave it empty if nobody knows yet."),
    )
    subject_facts = words(
        2,
        _("What tells them apart from others?"),
        required=False,
        help_text=_("Student number, grade, date of birth, schedule."),
    )
    compared = forms.MultipleChoiceField(
        label=_("What did you compare to be sure that it is this student?"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_(
            "At least two. A name alone has led to the wrong student before. Until then, finding "
            "out who it is belongs to the case."
        ),
    )
    origin = forms.ChoiceField(
        label=_("Where does it come from?"),
        widget=forms.RadioSelect,
        initial=Case.Origin.STAFF,
        error_messages={"required": _("Choose one.")},
    )
    lead = forms.ChoiceField(label=_("Who leads the case?"))
    disciplines = _disciplines(_("For which disciplines does the lead stand?"))
    # Drawn once for each form: pressed twice, or sent again after a slow answer, it opens one case.
    once = forms.UUIDField(initial=uuid4, required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        people: Iterable[Person],
        rule_set: TeamRuleSet,
        report: bool,
        register: bool,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.people = by_id(people)
        self.fields["lead"].help_text = who_leads(rule_set)
        self.offer(
            lead=named_people(self.people.values()),
            disciplines=discipline_choices(),
            compared=identifier_choices(),
        )
        # The student is looked up once the case is open, on a page that shows who is easily taken for them
        if register:
            del self.fields["compared"]
        if report:
            del self.fields["origin"]
        else:
            origins = [(key, label) for key, label in Case.Origin.choices if key != Case.Origin.REPORT]
            self.offer(origin=origins)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("compared") and not given.get("subject_name", "").strip():
            self.add_error(
                "subject_name", _("Write the name that you compared, or untick what you compared.")
            )
        return given

    def facts(self) -> dict[str, Any]:
        """What `open_case` is told."""
        given = dict(self.cleaned_data)
        compared = given.pop("compared", [])
        return {**given, "lead": self.people[given["lead"]], "known_subject": len(compared) >= 2}


class MemberForm(StaffForm):
    """Somebody is asked onto the team. From then on they read the case."""

    name = "member"
    person = forms.ChoiceField(label=_("Who?"), error_messages={"required": _("Choose somebody.")})
    disciplines = _disciplines(
        _("For which disciplines?"),
        help_text=_("Those that they bring to this case. One person may bring several."),
    )

    def __init__(self, *args: Any, people: Iterable[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = by_id(people)
        self.offer(
            person=choose_one(named_people(self.people.values())),
            disciplines=discipline_choices(),
        )

    @property
    def chosen(self) -> Person:
        return self.people[self.cleaned_data["person"]]


class ScreeningForm(StaffForm):
    """One member's look: the questions of immediate safety, then whether a threat assessment is needed."""

    name = "screening"
    weapon = forms.ChoiceField()
    target = forms.ChoiceField()
    whereabouts = forms.ChoiceField()
    self_harm = forms.ChoiceField()
    view = forms.ChoiceField(
        label=_("What do you think should happen?"),
        choices=Screening.View.choices,
        widget=forms.RadioSelect,
        help_text=_("In doubt, assess."),
        error_messages={"required": _("Choose one.")},
    )
    note = words(
        4,
        _("What does your view rest on?"),
        help_text=_("What you know, and from whom. The others of the team read it."),
        error_messages={"required": _("Write in a sentence what your view rests on.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, question in SAFETY_QUESTIONS.items():
            required = {"required": _("Answer this one. “Not known yet” is an answer.")}
            self.fields[name] = forms.ChoiceField(
                label=question,
                choices=Screening.Answer.choices,
                widget=forms.RadioSelect,
                error_messages=required,
            )
        self.order_fields([*SAFETY_QUESTIONS, "view", "note"])


class MoveForm(StaffForm):
    """The case goes to another state. Going back needs a reason; going on may have one."""

    name = "move"
    reason = words(3, _("Why?"), help_text=_("It is kept with the case."))

    def __init__(self, *args: Any, wanted: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = wanted


class ResumeForm(StaffForm):
    name = "resume"
    reason = words(
        3,
        _("What ended the danger, and where does the student go now?"),
        error_messages={
            "required": _("Write what ended the danger. It is what the next person reads first.")
        },
    )


class CiteForm(StaffForm):
    """Another report belongs to this case: by its number."""

    name = "cite"
    number = forms.CharField(
        label=_("Number of the report"),
        max_length=12,
        error_messages={"required": _("Write the number of the report.")},
    )


def clockwords(row: ThresholdRow) -> str:
    """By when somebody has to decide."""
    if row.clock_minutes == 0:
        return _now("decide at once")
    if row.clock_minutes < 60:
        return ngettext(
            "decide within %(count)d minute", "decide within %(count)d minutes", row.clock_minutes
        ) % {"count": row.clock_minutes}
    hours = row.clock_minutes // 60
    return ngettext("decide within %(count)d hour", "decide within %(count)d hours", hours) % {"count": hours}


class ThresholdForm(StaffForm):
    """Which row of the threshold is met. A person says so; nothing is worked out from answers."""

    name = "threshold"
    threshold = forms.ChoiceField(
        label=_("What is true of this case?"),
        widget=forms.RadioSelect,
        help_text=_(
            "Any one of the conditions is enough. Somebody then decides whether the police are told."
        ),
        error_messages={"required": _("Choose the row that fits.")},
    )

    def __init__(self, *args: Any, rows: Iterable[ThresholdRow], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [
            (row.key, f"{row.label}: {' '.join(str(one) for one in row.conditions)} ({clockwords(row)})")
            for row in rows
        ]
        self.offer(threshold=choices)


class PoliceForm(StaffForm):
    """Told or not told: either way with a reason. Of a notice, whom and under which number."""

    name = "police"
    outcome = forms.ChoiceField(
        label=_("Are the police told?"),
        choices=LawEnforcementDecision.Outcome.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one. Not telling them is a decision too.")},
    )
    reason = words(3, _("Why?"), error_messages={"required": _("Write why. It is kept with your name.")})
    agency = forms.CharField(
        label=_("Which agency?"), required=False, max_length=200, help_text=_("Needed when they are told.")
    )
    officer = forms.CharField(label=_("Which officer?"), required=False, max_length=200)
    incident_number = forms.CharField(
        label=_("Incident number"), required=False, max_length=100, help_text=_("As soon as there is one.")
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if (
            given.get("outcome") == LawEnforcementDecision.Outcome.NOTIFIED
            and not given.get("agency", "").strip()
        ):
            self.add_error("agency", _("Write which agency was told."))
        return given


class ReasonForm(StaffForm):
    name = "reason"
    reason = words(
        2, _("Why?"), error_messages={"required": _("Write the reason first. Nothing was changed.")}
    )
