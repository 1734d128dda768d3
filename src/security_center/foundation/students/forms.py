"""What an administrator may send and say about the register."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from security_center.foundation.organizations.models import Organization
from security_center.foundation.organizations.queries import schools_of

from .columns import LONGEST
from .models import Grade
from .one_row import HEADINGS, faults_of
from .wording import FAULTS, sentence

UPLOAD_FAULTS: dict[str, Any] = {
    "empty": _("The file is empty. Export it again."),
    "too_large": _(
        "The file is larger than 100 MB. Check that it is the right one, or send it school by school."
    ),
    "no_space": _("The disk of the server is full. Nothing was kept. Tell whoever looks after the server."),
}


_WITHOUT = {
    "identifier": {"required": FAULTS["identifier_missing"]},
    "name": {"required": FAULTS["name_missing"]},
}
KNOWN_OR_NOT = [("", _("Not known")), ("yes", _("Yes")), ("no", _("No"))]


class RegisterFileForm(forms.Form):
    """A file of students, and what it means that somebody is not in it."""

    file = forms.FileField(
        label=_("CSV file, or a roster as a zip file"), error_messages={"required": _("Choose the file.")}
    )
    school = forms.ChoiceField(label=_("Of which school is it?"), required=False)
    whole = forms.ChoiceField(
        label=_("Who is in it?"),
        widget=forms.RadioSelect,
        choices=[
            ("yes", _("Everybody: whoever is not in it has left")),
            ("no", _("Some: nobody has left for not being in it")),
        ],
        error_messages={"required": _("Choose one.")},
    )

    def __init__(self, *args: Any, district: Organization, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.schools = {str(school.pk): school for school in schools_of(district).filter(active=True)}
        choices = [
            ("", _("Of all schools: a column says which")),
            *((pk, school.name) for pk, school in self.schools.items()),
        ]
        self.fields["school"].choices = choices  # type: ignore[attr-defined]

    def clean_file(self) -> Any:
        upload = self.cleaned_data["file"]
        fault = getattr(upload, "fault", "")
        if fault:
            raise forms.ValidationError(
                UPLOAD_FAULTS.get(fault, _("The file did not arrive whole. Send it again."))
            )
        return upload


class OneStudentForm(forms.Form):
    """One student, checked as a row of a file is. What is left empty stays as it is known, where the number
    is known already."""

    school = forms.ChoiceField(label=_("School"), error_messages={"required": _("Choose the school.")})
    identifier = forms.CharField(
        label=_("Student number"), max_length=LONGEST["identifier"], error_messages=_WITHOUT["identifier"]
    )
    name = forms.CharField(label=_("Full name"), max_length=LONGEST["name"], error_messages=_WITHOUT["name"])
    grade = forms.ChoiceField(
        label=_("Grade"),
        choices=[("", _("Choose one")), *Grade.choices],
        error_messages={"required": _("Choose the grade.")},
    )
    birth_date = forms.CharField(
        label=_("Date of birth"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    guardian_1 = forms.CharField(
        label=_("Parent or guardian"),
        max_length=120,
        required=False,
        help_text=_("If you write one here, those known before are replaced."),
    )
    phone_1 = forms.CharField(
        label=_("Their phone"), max_length=120, required=False, widget=forms.TextInput(attrs={"type": "tel"})
    )
    guardian_2 = forms.CharField(label=_("Another parent or guardian"), max_length=120, required=False)
    phone_2 = forms.CharField(
        label=_("Phone of the other one"),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel"}),
    )
    custody_note = forms.CharField(
        label=_("Note on custody"),
        max_length=LONGEST["custody_note"],
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    iep = forms.ChoiceField(label=_("IEP"), choices=KNOWN_OR_NOT, required=False)
    section_504 = forms.ChoiceField(label=_("504 plan"), choices=KNOWN_OR_NOT, required=False)
    recognize = forms.CharField(
        label=_("How to recognize the student"),
        max_length=LONGEST["recognize"],
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    schedule = forms.CharField(
        label=_("Where the student is when"),
        max_length=LONGEST["schedule"],
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, district: Organization, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.schools, self.today = (
            {str(school.pk): school for school in schools_of(district).filter(active=True)},
            today,
        )
        choices = [("", _("Choose one")), *((pk, school.name) for pk, school in self.schools.items())]
        self.fields["school"].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not self.errors:
            for name, fault in faults_of(self.typed, today=self.today):
                self.add_error(name or None, sentence(fault))
        return given

    @property
    def typed(self) -> dict[str, str]:
        return {name: str(self.cleaned_data.get(name, "")) for name in HEADINGS}


class ApplyForm(forms.Form):
    """What somebody says they mean before a file is put in force; only what the file makes necessary is
    asked."""

    leave_out = forms.BooleanField(label=_("Leave out the rows that cannot be used"), required=False)
    many_left = forms.BooleanField(label=_("It is right that so many students have left"), required=False)

    def __init__(self, *args: Any, faulty: bool, many: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not faulty:
            del self.fields["leave_out"]
        if not many:
            del self.fields["many_left"]
