"""What an administrator may send and say about the register."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from security_center.foundation.organizations.models import Organization
from security_center.foundation.organizations.queries import schools_of

UPLOAD_FAULTS: dict[str, Any] = {
    "empty": _("The file is empty. Export it again."),
    "too_large": _("The file is larger than 100 MB. Check that it is the right one, or send it school by school."),
    "no_space": _("The disk of the server is full. Nothing was kept. Tell whoever looks after the server."),
}


class RegisterFileForm(forms.Form):
    """A file of students, and what it means that somebody is not in it."""

    file = forms.FileField(label=_("CSV file"), error_messages={"required": _("Choose the file.")})
    school = forms.ChoiceField(label=_("Of which school is it?"), required=False)
    whole = forms.ChoiceField(
        label=_("Who is in it?"),
        widget=forms.RadioSelect,
        choices=[("yes", _("Everybody: whoever is not in it has left")), ("no", _("Some: nobody has left for not being in it"))],
        error_messages={"required": _("Choose one.")},
    )

    def __init__(self, *args: Any, district: Organization, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.schools = {str(school.pk): school for school in schools_of(district).filter(active=True)}
        choices = [("", _("Of all schools: a column says which")), *((pk, school.name) for pk, school in self.schools.items())]
        self.fields["school"].choices = choices  # type: ignore[attr-defined]

    def clean_file(self) -> Any:
        upload = self.cleaned_data["file"]
        fault = getattr(upload, "fault", "")
        if fault:
            raise forms.ValidationError(UPLOAD_FAULTS.get(fault, _("The file did not arrive whole. Send it again.")))
        return upload


class ApplyForm(forms.Form):
    """What somebody says they mean before a file is put in force; only what the file makes necessary is asked."""

    leave_out = forms.BooleanField(label=_("Leave out the rows that cannot be used"), required=False)
    many_left = forms.BooleanField(label=_("It is right that so many students have left"), required=False)

    def __init__(self, *args: Any, faulty: bool, many: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not faulty:
            del self.fields["leave_out"]
        if not many:
            del self.fields["many_left"]
