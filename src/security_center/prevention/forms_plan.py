"""What a person may type in the eight steps of the plan. `values()` of each form is what `actions.save_step`
takes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from security_center.foundation import languages
from security_center.foundation.organizations.models import Person
from security_center.foundation.web.staff_forms import day, named_people

from .beginning import names_to_fill
from .case_rules import CaseRules
from .doctrine import assessment, management
from .doctrine.kinds import BehaviorClass
from .form_parts import Numbers, OwnRows
from .forms import PlanForm
from .forms_step import StepForm
from .models import Plan
from .plan_words import law_in_words
from .tightening import behavior_labels, may_be_left_out
from .wording import who_leads


class TeamStep(StepForm):
    def __init__(self, *args: Any, people: list[Person], **kwargs: Any) -> None:
        self.people = people
        same = _("The same in %(language)s, where it is not a person’s name")
        self.folds = (
            *(
                (same % {"language": languages.in_a_sentence(code)}, f"said_{code}_", False)
                for code in languages.others()
            ),
            (_("Who is on the team"), ("person_", "alternate_"), True),
        )
        super().__init__(*args, **kwargs)

    def notes(self) -> list[tuple[Any, list[str]]]:
        law = CaseRules(self.plan).state_law
        return (
            [(_("What the law of %(state)s asks for") % {"state": law.name}, law_in_words(self.plan))]
            if law is not None
            else []
        )

    def starting_values(self) -> dict[str, Any]:
        held = {row["expertise"]: row for row in self.plan.team}
        found: dict[str, Any] = {f"name_{name}": self.plan.names.get(name, "") for name in names_to_fill()}
        found |= {f"said_{name}": self.plan.names.get(f"{blank}_{code}", "") for name, blank, code in _said()}
        for one in self._required():
            row = held.get(one, {})
            found |= {
                f"person_{one}": row.get("person") or "",
                f"alternate_{one}": row.get("alternate") or "",
            }
        return {**found, "law_of": self.plan.law_of, "rule_set": self.plan.rule_set}

    def _required(self) -> list[str]:
        return [one.expertise for one in assessment.team_rule_sets()[self.plan.rule_set].required]

    def add_choices(self) -> None:
        for name in names_to_fill():
            blank = management.starting_plan().blanks[name]
            self.fields[f"name_{name}"] = forms.CharField(
                label=str(blank.label),
                max_length=80,
                required=False,
                help_text=_("For example: %(example)s") % {"example": blank.example},
            )
        leader = self.fields["name_leader"]
        leader.help_text = f"{leader.help_text} {who_leads(CaseRules(self.plan).rule_set)}".rstrip()
        for name, blank_key, code in _said():
            self.fields[f"said_{name}"] = forms.CharField(
                label=management.starting_plan().blanks[blank_key].label.in_language(code),
                max_length=80,
                required=False,
                widget=forms.TextInput(attrs={"lang": code}),
            )
        laws = [(key, str(law.name)) for key, law in management.state_laws().items()]
        self.fields["law_of"] = forms.ChoiceField(
            label=_("Which state’s law binds you?"),
            required=False,
            choices=[("", _("none of these")), *laws],
            help_text=str(management.verify_note()),
        )
        sets = [
            (key, f"{one.label}: {_list(one.required)}") for key, one in assessment.team_rule_sets().items()
        ]
        self.fields["rule_set"] = forms.ChoiceField(
            label=_("Who has to be on the team?"),
            choices=sets,
            widget=forms.RadioSelect,
            help_text=_(
                "Each of these signs the judgement of a case, or a recorded alternate does. The "
                "people below change when you save another."
            ),
        )
        people = [("", _("nobody yet")), *named_people(self.people)]
        for one in self._required():
            label = str(assessment.expertise()[one].label)
            self.fields[f"person_{one}"] = forms.ChoiceField(label=label, choices=people, required=False)
            self.fields[f"alternate_{one}"] = forms.ChoiceField(
                label=_("%(expertise)s, steps in") % {"expertise": label}, choices=people, required=False
            )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        for one in self._required():
            person, alternate = cleaned.get(f"person_{one}"), cleaned.get(f"alternate_{one}")
            if alternate and person == alternate:
                self.add_error(
                    f"alternate_{one}", _("Nobody steps in for themselves. Choose another person.")
                )
        return cleaned

    def chosen(self) -> dict[str, Any]:
        data, names = self.cleaned_data, {str(person.pk): person.name for person in self.people}
        team = []
        for one in self._required():
            person, alternate = data[f"person_{one}"], data[f"alternate_{one}"]
            if person or alternate:
                team.append(
                    {
                        "expertise": one,
                        "person": int(person) if person else None,
                        "name": names.get(person, ""),
                        "alternate": int(alternate) if alternate else None,
                        "alternate_name": names.get(alternate, ""),
                    }
                )
        given = {name: data[f"name_{name}"].strip() for name in names_to_fill()}
        given |= {f"{blank}_{code}": data[f"said_{name}"].strip() for name, blank, code in _said()}
        return {
            "names": {name: text for name, text in given.items() if text},
            "team": team,
            "law_of": data["law_of"],
            "rule_set": data["rule_set"],
        }


def _said() -> list[tuple[str, str, str]]:
    """Each blank in each language beside English: the end of its field's name, the blank, the language."""
    return [(f"{code}_{blank}", blank, code) for code in languages.others() for blank in names_to_fill()]


def _list(required: Iterable[Any]) -> str:
    return ", ".join(str(assessment.expertise()[one.expertise].label) for one in required)


class BehaviorsStep(OwnRows, StepForm):
    folds = (
        (_("Leave behaviors out"), "left_out_behaviors", False),
        (_("Add behaviors of your own"), "own_behaviors", False),
    )

    def notes(self) -> list[tuple[Any, list[str]]]:
        """The catalogue, class by class."""
        here = CaseRules(self.plan).behaviors.values()
        classes = assessment.behavior_classes()
        return [
            (words.label, [str(one.label) for one in here if one.behavior_class is kind])
            for kind, words in classes.items()
        ]

    def starting_values(self) -> dict[str, Any]:
        return {"left_out_behaviors": self.plan.left_out_behaviors}

    def add_choices(self) -> None:
        self.fields["left_out_behaviors"] = forms.MultipleChoiceField(
            label=_("Leave these out of your plan"),
            required=False,
            choices=[(key, str(label)) for key, label in behavior_labels().items() if may_be_left_out(key)],
            widget=forms.CheckboxSelectMultiple,
            help_text=_(
                "What is prohibited, protects a child or always goes to law enforcement stays in "
                "every plan. A low threshold helps early."
            ),
        )
        classes = [
            (key.value, str(words.label))
            for key, words in assessment.behavior_classes().items()
            if key is not BehaviorClass.PROTECTIVE
        ]
        self.add_rows("own_behaviors", "class", classes, _("What kind of behavior is it?"))

    def chosen(self) -> dict[str, Any]:
        return {
            "left_out_behaviors": self.cleaned_data["left_out_behaviors"],
            "own_behaviors": self.rows("own_behaviors", "class"),
        }


class ReportingStep(StepForm, PlanForm):
    """What the report form and its desk work by (`PlanForm`), with the words."""

    def starting_values(self) -> dict[str, Any]:
        return self.values_of(self.plan)

    def add_choices(self) -> None:
        self.add_fields()

    def chosen(self) -> dict[str, Any]:
        return self.choices()


class ThresholdStep(Numbers, StepForm):
    def notes(self) -> list[tuple[Any, list[str]]]:
        rows = [row for row in assessment.thresholds().values() if not row.clock_minutes]
        return [(_("At once, in every plan"), [f"{row.label}: {_conditions(row.key)}" for row in rows])]

    def add_choices(self) -> None:
        self.add_numbers(
            "threshold_minutes",
            lambda name: _("%(when)s Within how many minutes?") % {"when": _conditions(name)},
        )

    def chosen(self) -> dict[str, Any]:
        return {"threshold_minutes": self.numbers("threshold_minutes")}


def _conditions(threshold: str) -> str:
    return " ".join(str(one) for one in assessment.thresholds()[threshold].conditions)


class ProceduresStep(Numbers, StepForm):
    folds = ((_("Clocks of a case"), "clock_amounts", False),)

    def starting_values(self) -> dict[str, Any]:
        return {"scheme": self.plan.scheme, "interview_order": self.plan.interview_order}

    def add_choices(self) -> None:
        self.fields["scheme"] = forms.ChoiceField(
            label=_("How is the judgement of a case named?"),
            choices=[(key, f"{one.label}{_levels(one)}") for key, one in management.schemes().items()],
            widget=forms.RadioSelect,
        )
        self.fields["interview_order"] = forms.ChoiceField(
            label=_("In which order are people heard?"),
            choices=[(key, str(one.label)) for key, one in assessment.interview_orders().items()],
            widget=forms.RadioSelect,
            help_text=_("Safety comes first in any order, and a team may change it with a reason."),
        )
        self.add_numbers("clock_amounts", _unit_of)

    def chosen(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {
            "scheme": data["scheme"],
            "interview_order": data["interview_order"],
            "clock_amounts": self.numbers("clock_amounts"),
        }


def _levels(scheme: Any) -> str:
    return ": " + ", ".join(str(level.label) for level in scheme.levels.values()) if scheme.levels else ""


def _unit_of(name: str) -> Any:
    state, _dot, clock = name.partition(".")
    span = management.lifecycle()[state].clocks[clock].span
    words = {
        "minutes": _("In minutes."),
        "hours": _("In hours."),
        "school_hours": _("In school hours."),
        "school_days": _("In school days."),
    }
    return words[span.unit.value] if span is not None else ""


class RiskManagementStep(OwnRows, Numbers, StepForm):
    folds = (
        (_("Options that you cannot offer"), "left_out_options", False),
        (_("Add options of your own"), "own_options", False),
    )

    def starting_values(self) -> dict[str, Any]:
        fields = ("left_out_options", "case_retention_days", "case_retention_days_short")
        return {field: getattr(self.plan, field) for field in fields}

    def add_choices(self) -> None:
        self.add_numbers(
            "review_days", lambda name: _("Days from the plan for a student to its first review.")
        )
        self.fields["case_retention_days"] = forms.IntegerField(
            label=_("Keep closed cases for how many days?"),
            min_value=30,
            max_value=9125,
            help_text=_("Then their content is destroyed."),
        )
        self.fields["case_retention_days_short"] = forms.IntegerField(
            label=_("Keep unfounded and passing concerns for how many days?"), min_value=7, max_value=9125
        )
        categories = management.plan_categories()
        self.fields["left_out_options"] = forms.MultipleChoiceField(
            label=_("Options that you cannot offer"),
            required=False,
            choices=[
                (
                    str(category.label),
                    [(f"{key}.{name}", str(option.label)) for name, option in category.options.items()],
                )
                for key, category in categories.items()
                if not category.in_every_plan
            ],
            widget=forms.CheckboxSelectMultiple,
            help_text=_("What stops an attack that is about to happen stays in every plan."),
        )
        self.add_rows(
            "own_options",
            "category",
            [(key, str(one.label)) for key, one in categories.items()],
            _("Where does it belong?"),
        )

    def chosen(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {
            "review_days": self.numbers("review_days"),
            "case_retention_days": data["case_retention_days"],
            "case_retention_days_short": data["case_retention_days_short"],
            "left_out_options": data["left_out_options"],
            "own_options": self.rows("own_options", "category"),
        }


class AdoptForm(forms.Form):
    """On whose behalf the plan is adopted, as it will stand on its first page."""

    adopted_for = forms.CharField(
        label=_("On whose behalf is it adopted?"),
        max_length=160,
        required=False,
        help_text=_("For example: the Board of Education"),
    )
    decided_on = day(
        _("On which day was it decided?"),
        required=False,
        help_text=_("The day of the meeting. Leave it empty for today."),
        error_messages={"invalid": _("Write a day such as 2026-12-21.")},
    )


STEP_FORMS: dict[str, type[StepForm]] = {
    "team": TeamStep,
    "behaviors": BehaviorsStep,
    "reporting": ReportingStep,
    "le_threshold": ThresholdStep,
    "procedures": ProceduresStep,
    "risk_management": RiskManagementStep,
}


def step_form(step: str, plan: Plan, people: list[Person], data: Any = None) -> StepForm:
    kind = STEP_FORMS.get(step, StepForm)
    extra = {"people": people} if kind is TeamStep else {}
    return kind(data, plan=plan, step=step, **extra)
