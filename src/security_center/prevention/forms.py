"""What a person may type about the plan and the calendar."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from security_center.foundation.organizations.models import Organization, Person
from security_center.foundation.school_time import too_short
from security_center.foundation.web import staff_forms
from security_center.foundation.web.day_fields import DayField
from security_center.foundation.web.staff_forms import with_title

from .actions.faults import SchoolDayTooShort
from .content_loader import categories, urgencies
from .presets import Preset
from .shift_rows import ShiftRow


def _time_field(label: Any, *, required: bool = True, **options: Any) -> forms.TimeField:
    return forms.TimeField(
        label=label,
        required=required,
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time", "class": "usa-input--small"}),
        error_messages={
            "invalid": _("Write a time such as 07:30."),
            "required": _("Write a time such as 07:30."),
        },
        **options,
    )


def _day_field(label: Any) -> DayField:
    return staff_forms.day(label, error_messages={"invalid": _("Write a day such as 2026-12-21.")})


def minutes(at: time) -> int:
    return at.hour * 60 + at.minute


class PlanForm(forms.Form):
    """What the plan says. Each weekday has its hours; a day without them has no school."""

    languages = forms.MultipleChoiceField(
        label=_("Languages of the form"),
        choices=settings.LANGUAGES,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("A reporter may write in any language. These are the languages that the pages speak."),
        error_messages={"required": _("Choose at least one language.")},
    )
    message_from = _time_field(
        _("Alerts that can wait go out from"),
        help_text=_("What is urgent goes out at any hour. The rest waits for these hours."),
    )
    message_until = _time_field(_("until"))
    other_line_name = forms.CharField(
        label=_("Another line to turn to"),
        max_length=120,
        required=False,
        help_text=_("Your state's tip line, if it has one. The page names it when nobody reads here."),
    )
    other_line_number = forms.CharField(label=_("Its number"), max_length=60, required=False)
    retention_days = forms.IntegerField(
        label=_("Keep closed reports for how many days?"),
        min_value=30,
        max_value=3650,
        help_text=_("Then their content is destroyed."),
    )
    retention_days_unfounded = forms.IntegerField(
        label=_("Keep unfounded reports for how many days?"), min_value=7, max_value=3650
    )

    def __init__(self, *args: Any, plan: Any, **kwargs: Any) -> None:
        kwargs.setdefault("initial", self.values_of(plan))
        super().__init__(*args, **kwargs)
        self.add_fields()

    @staticmethod
    def values_of(plan: Any) -> dict[str, Any]:
        """What the fields begin with."""
        window = plan.message_hours or ["06:00", "18:00"]
        initial = {
            "languages": plan.languages,
            "message_from": window[0],
            "message_until": window[1],
            "other_line_name": plan.other_line_name,
            "other_line_number": plan.other_line_number,
            "retention_days": plan.retention_days,
            "retention_days_unfounded": plan.retention_days_unfounded,
        }
        for day in range(7):
            opens, closes = (plan.school_hours.get(str(day)) or ["", ""])[:2]
            initial[f"opens_{day}"], initial[f"closes_{day}"] = opens, closes
        for key in categories():
            initial[f"stricter_{key}"] = plan.stricter_urgencies.get(key, "")
        initial["hidden_categories"] = plan.hidden_categories
        return initial

    def add_fields(self) -> None:
        """The fields that days and categories ask for."""
        for day in range(7):
            name = {"day": WEEKDAYS[day]}
            self.fields[f"opens_{day}"] = _time_field(_("%(day)s, school opens") % name, required=False)
            self.fields[f"closes_{day}"] = _time_field(_("%(day)s, school closes") % name, required=False)
        names = {key: str(rule.name) for key, rule in urgencies().items()}
        for key, category in categories().items():
            higher = [(level, names[level]) for level in names if level < category.urgency.value]
            if higher:
                standard = _("%(urgency)s, as usual") % {"urgency": names[category.urgency.value]}
                self.fields[f"stricter_{key}"] = forms.ChoiceField(
                    label=str(category.staff_label), required=False, choices=[("", standard), *higher]
                )
        self.fields["hidden_categories"] = forms.MultipleChoiceField(
            label=_("Categories that your form does not offer"),
            required=False,
            choices=[
                (key, str(category.staff_label)) for key, category in categories().items() if category.shown
            ],
            widget=forms.CheckboxSelectMultiple,
            help_text=_("A report never needs a category, so nothing is lost by leaving one out."),
        )

    def day_rows(self) -> list[tuple[str, Any, Any]]:
        return [(str(WEEKDAYS[day]), self[f"opens_{day}"], self[f"closes_{day}"]) for day in range(7)]

    def stricter_fields(self) -> list[Any]:
        return [self[name] for name in self.fields if name.startswith("stricter_")]

    def stricter_refused(self) -> bool:
        """Whether the folded part has to be open, since a mistake is in it."""
        return any(field.errors for field in self.stricter_fields())

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        for day in range(7):
            opens, closes = cleaned.get(f"opens_{day}"), cleaned.get(f"closes_{day}")
            if f"opens_{day}" in self.errors or f"closes_{day}" in self.errors:
                continue
            if (opens is None) != (closes is None):
                self.add_error(f"closes_{day}", _("Give both times, or none for a day without school."))
            elif opens is not None and closes is not None and closes <= opens:
                self.add_error(
                    f"closes_{day}", _("School closes before it opens. Change one of the two times.")
                )
            elif opens is not None and closes is not None and too_short(opens, closes):
                self.add_error(f"closes_{day}", str(SchoolDayTooShort()))
        start, end = cleaned.get("message_from"), cleaned.get("message_until")
        if start and end and end <= start:
            self.add_error("message_until", _("The end comes before the start. Change one of them."))
        return cleaned

    def choices(self) -> dict[str, Any]:
        """What `actions.adopt_plan` takes."""
        data = self.cleaned_data
        return {
            "languages": data["languages"],
            "school_hours": {
                str(day): [f"{data[f'opens_{day}']:%H:%M}", f"{data[f'closes_{day}']:%H:%M}"]
                for day in range(7)
                if data.get(f"opens_{day}")
            },
            "message_hours": [f"{data['message_from']:%H:%M}", f"{data['message_until']:%H:%M}"],
            "other_line_name": data["other_line_name"],
            "other_line_number": data["other_line_number"],
            "retention_days": data["retention_days"],
            "retention_days_unfounded": data["retention_days_unfounded"],
            "stricter_urgencies": {
                key: data[f"stricter_{key}"] for key in categories() if data.get(f"stricter_{key}")
            },
            "hidden_categories": data["hidden_categories"],
        }


class PersonChoiceField(forms.ModelChoiceField):  # type: ignore[type-arg]
    def __init__(self, *, label: Any, **options: Any) -> None:
        options.setdefault("empty_label", _("Choose one"))
        super().__init__(queryset=Person.objects.none(), label=label, **options)

    def offer(self, people: list[Person]) -> None:
        """Only these; their job title tells two people of one name apart."""
        self.queryset = Person.objects.filter(pk__in=[person.pk for person in people])
        # The people are at hand: a field that asks for its choices itself would cost a query for each desk of
        # a district.
        in_order = sorted(people, key=lambda person: (person.name, person.pk))
        self.choices = [
            ("", self.empty_label),
            *((person.pk, self.label_from_instance(person)) for person in in_order),
        ]

    def label_from_instance(self, obj: Any) -> str:
        return with_title(obj)


class ShiftForm(forms.Form):
    person = PersonChoiceField(label=_("Who reads"))
    weekdays = forms.MultipleChoiceField(
        label=_("On which days"),
        choices=[(str(day), WEEKDAYS[day]) for day in range(7)],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one day.")},
    )
    starts = _time_field(_("From"))
    ends = _time_field(_("Until"), help_text=_("An end before the start runs over midnight."))
    position = forms.TypedChoiceField(
        label=_("Who is alerted when"),
        coerce=int,
        initial=1,
        choices=[
            (1, _("first")),
            (2, _("second, if the first does not answer")),
            (3, _("third")),
            (4, _("fourth")),
        ],
    )

    def __init__(self, *args: Any, readers: list[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].offer(readers)  # type: ignore[attr-defined]

    def rows(self) -> list[ShiftRow]:
        data = self.cleaned_data
        return [
            ShiftRow(
                data["person"].pk, int(day), minutes(data["starts"]), minutes(data["ends"]), data["position"]
            )
            for day in data["weekdays"]
        ]


class PresetForm(forms.Form):
    """A ready-made calendar and whom it begins with."""

    preset = forms.ChoiceField(
        label=_("When does somebody read?"),
        choices=[
            (
                Preset.AROUND_THE_CLOCK,
                _("Around the clock, in turns: nights begin with another person each day"),
            ),
            (
                Preset.SCHOOL_HOURS,
                _("In school hours only: the page says truthfully that nobody reads at other times"),
            ),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of the two.")},
    )
    first = PersonChoiceField(label=_("First reader"))
    second = PersonChoiceField(label=_("Second reader"), required=False, empty_label=_("Nobody"))
    third = PersonChoiceField(label=_("Third reader"), required=False, empty_label=_("Nobody"))

    def __init__(self, *args: Any, readers: list[Person], suggested: list[Person], **kwargs: Any) -> None:
        initial = {
            name: person.pk for name, person in zip(("first", "second", "third"), suggested, strict=False)
        }
        kwargs.setdefault("initial", {"preset": Preset.AROUND_THE_CLOCK, **initial})
        super().__init__(*args, **kwargs)
        for name in ("first", "second", "third"):
            self.fields[name].offer(readers)  # type: ignore[attr-defined]

    def people(self) -> list[int]:
        """Ids, each once, in the order that was chosen."""
        chosen = [self.cleaned_data[name] for name in ("first", "second", "third")]
        return list(dict.fromkeys(person.pk for person in chosen if person is not None))


class _DaysForm(forms.Form):
    """From `first_day` to `last_day`."""

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if (
            cleaned.get("first_day")
            and cleaned.get("last_day")
            and cleaned["last_day"] < cleaned["first_day"]
        ):
            self.add_error("last_day", _("The last day comes before the first. Change one of them."))
        return cleaned


class AbsenceForm(_DaysForm):
    person = PersonChoiceField(label=_("Who is away"))
    first_day = _day_field(_("From (first day)"))
    last_day = _day_field(_("Until (last day)"))

    def __init__(self, *args: Any, readers: list[Person], organization: Organization, **kwargs: Any) -> None:
        self.organization = organization
        super().__init__(*args, **kwargs)
        self.fields["person"].offer(readers)  # type: ignore[attr-defined]

    def stretch(self) -> tuple[datetime, datetime]:
        """Whole days of the school's own time."""
        zone = self.organization.zone
        start = datetime.combine(self.cleaned_data["first_day"], time(), zone)
        return start, datetime.combine(self.cleaned_data["last_day"] + timedelta(days=1), time(), zone)


class HolidayForm(_DaysForm):
    name = forms.CharField(label=_("What it is called"), max_length=80)
    first_day = _day_field(_("First day"))
    last_day = _day_field(_("Last day"))


class AlternateForm(forms.Form):
    person = PersonChoiceField(label=_("Who takes reports about the district itself"))

    def __init__(self, *args: Any, readers: list[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].offer(readers)  # type: ignore[attr-defined]


__all__ = ["AbsenceForm", "AlternateForm", "HolidayForm", "PlanForm", "PresetForm", "ShiftForm"]
