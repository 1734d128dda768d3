"""What a person may type about organizations and people."""

from __future__ import annotations

import zoneinfo
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import (
    MinimumLengthValidator,
    get_default_password_validators,
    validate_password,
)
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from . import queries
from .models import Organization, Person, Role
from .permissions import Permission

# By the names that people here call them; all others go by their city.
_COMMON_ZONES: dict[str, Any] = {
    "America/New_York": _("Eastern (New York)"),
    "America/Chicago": _("Central (Chicago)"),
    "America/Denver": _("Mountain (Denver)"),
    "America/Phoenix": _("Arizona (Phoenix)"),
    "America/Los_Angeles": _("Pacific (Los Angeles)"),
    "America/Anchorage": _("Alaska (Anchorage)"),
    "Pacific/Honolulu": _("Hawaii (Honolulu)"),
    "America/Puerto_Rico": _("Atlantic (Puerto Rico)"),
    "Pacific/Guam": _("Chamorro (Guam)"),
}

# What each role is for, in one line: whoever gives it must know what they give.
ROLE_LINES: dict[Role, Any] = {
    Role.READER: _("reads reports and answers them"),
    Role.COUNSELOR: _("reads reports; a second reader from mental health"),
    Role.TEAM_LEAD: _("reads reports and keeps the coverage calendar"),
    Role.PRINCIPAL: _("reads reports, keeps the coverage calendar, sees the people of the school"),
    Role.SRO: _("reads reports; a second reader from law enforcement"),
    Role.DISTRICT_ON_CALL: _("reads what the school has not answered in time"),
    Role.DISTRICT_SAFETY_LEAD: _("reads reports, sets the plan, places legal holds"),
    Role.SUPERINTENDENT: _("sees that reports are answered, not what they say; is alerted last"),
    Role.AUDITOR: _("checks the record of who did what; reads no reports"),
    Role.ADMINISTRATOR: _(
        "looks after people and settings; reads no reports without an announced access session"
    ),
}


class OrganizationForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=200)
    level = forms.ChoiceField(
        label=_("Level"), required=False, choices=[("", _("Choose one")), *Organization.Level.choices]
    )
    city = forms.CharField(label=_("City"), max_length=120, required=False)
    time_zone = forms.ChoiceField(
        label=_("Time zone"), help_text=_("Clocks and the coverage calendar run in it.")
    )
    dispatch_number = forms.CharField(
        label=_("Police dispatch number"),
        max_length=40,
        required=False,
        help_text=_(
            "The number to call when nobody answers an alert. It is in the superintendent's message."
        ),
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}),
    )
    enrollment = forms.IntegerField(
        label=_("Number of students"), min_value=0, max_value=999_999, required=False
    )
    external_id = forms.CharField(
        label=_("School or district number"),
        max_length=40,
        required=False,
        help_text=_("As the state or district counts it."),
    )
    active = forms.BooleanField(
        label=_("Takes part"),
        required=False,
        help_text=_("Unless this is checked, its report form is closed."),
    )

    def __init__(
        self, *args: Any, organization: Organization | None = None, kind: str = "", **kwargs: Any
    ) -> None:
        if organization is not None:
            kind = organization.kind
            kwargs.setdefault(
                "initial",
                {
                    name: getattr(organization, name)
                    for name in self.base_fields
                    if hasattr(organization, name)
                },
            )
        super().__init__(*args, **kwargs)
        zones = list(_COMMON_ZONES)
        if organization is not None and organization.time_zone not in zones:
            zones.append(organization.time_zone)
        zones += sorted(
            zone
            for zone in zoneinfo.available_timezones()
            if zone.startswith(("America/", "Pacific/")) and zone not in zones
        )
        self.fields["time_zone"].choices = [  # type: ignore[attr-defined]
            (zone, _COMMON_ZONES.get(zone, zone.split("/", 1)[-1].replace("_", " "))) for zone in zones
        ]
        if kind != Organization.Kind.SCHOOL:
            del self.fields["level"]
        if organization is None:
            del self.fields["active"]


class NewOrganizationForm(OrganizationForm):
    """`parent` chooses where it belongs; without any place to choose from this is the first organization of
    all."""

    field_order = ("kind", "parent", "name")
    kind = forms.ChoiceField(
        label=_("What is it?"), choices=Organization.Kind.choices, widget=forms.RadioSelect
    )
    parent = forms.ModelChoiceField(
        label=_("It belongs to"),
        queryset=Organization.objects.none(),
        required=False,
        empty_label=_("Nothing: it is at the top"),
    )

    def __init__(self, *args: Any, actor: Person, **kwargs: Any) -> None:
        super().__init__(*args, kind=Organization.Kind.SCHOOL, **kwargs)
        places = (
            queries.organizations_for(actor, Permission.ORGANIZATION_EDIT)
            .exclude(kind=Organization.Kind.SCHOOL)
            .order_by("name")
        )
        if queries.any_organization_exists():
            self.fields["parent"].queryset = places  # type: ignore[attr-defined]
            self.fields["parent"].required = True
            self.fields["parent"].empty_label = _("Choose one")  # type: ignore[attr-defined]
            self.fields["kind"].choices = [  # type: ignore[attr-defined]
                choice for choice in Organization.Kind.choices if choice[0] != Organization.Kind.STATE
            ]
        else:
            del self.fields["parent"]
            del self.fields["level"]
            self.fields["kind"].choices = [  # type: ignore[attr-defined]
                choice for choice in Organization.Kind.choices if choice[0] != Organization.Kind.SCHOOL
            ]


class SchoolRowsForm(forms.Form):
    rows = forms.CharField(
        label=_("Schools, one on a line"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 10, "spellcheck": "false", "autocomplete": "off"}),
        help_text=_(
            "Copy the cells of your spreadsheet and paste them here. Columns: name, level, city, "
            "number of students, school number. "
            "Only the name is needed."
        ),
    )
    file = forms.FileField(
        label=_("Or a CSV file"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,text/csv"}),
    )


class StateRowsForm(SchoolRowsForm):
    """Districts with their schools."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["rows"].label = _("Districts and schools, one school on a line")
        self.fields["rows"].help_text = _(
            "Copy the cells of your spreadsheet, with its headings. Columns: district, name, level, "
            "city, students, number (such as the NCES ID), "
            "time zone, dispatch number. Only district and name are needed."
        )


class PersonForm(forms.Form):
    name = forms.CharField(
        label=_("Name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    email = forms.EmailField(
        label=_("E-mail address"),
        help_text=_("They sign in with it, and alerts go there."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    job_title = forms.CharField(label=_("Job title"), max_length=120, required=False)
    phone = forms.CharField(
        label=_("Phone"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}),
    )
    language = forms.ChoiceField(
        label=_("Language"), choices=settings.LANGUAGES, initial=settings.LANGUAGE_CODE
    )

    def __init__(self, *args: Any, person: Person | None = None, **kwargs: Any) -> None:
        if person is not None:
            kwargs.setdefault("initial", {name: getattr(person, name) for name in self.base_fields})
        super().__init__(*args, **kwargs)


class NewPersonForm(PersonForm):
    """A person and, in the same step, their first role."""

    field_order = ("name", "email", "organization", "role")
    organization = forms.ModelChoiceField(
        label=_("School or district"), queryset=Organization.objects.none(), empty_label=_("Choose one")
    )
    role = forms.ChoiceField(
        label=_("First role"), choices=[("", _("None yet")), *Role.choices], required=False
    )

    def __init__(self, *args: Any, actor: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organization"].queryset = queries.organizations_for(  # type: ignore[attr-defined]
            actor, Permission.PEOPLE_EDIT
        ).order_by("name")


class RoleForm(forms.Form):
    role = forms.ChoiceField(label=_("Role"), choices=[("", _("Choose one")), *Role.choices])
    organization = forms.ModelChoiceField(
        label=_("Where"),
        queryset=Organization.objects.none(),
        empty_label=_("Choose one"),
        help_text=_("A role at a district counts at each of its schools."),
    )

    def __init__(self, *args: Any, actor: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organization"].queryset = queries.organizations_for(  # type: ignore[attr-defined]
            actor, Permission.PEOPLE_EDIT
        ).order_by("name")


class SupervisionForm(forms.Form):
    supervisor = forms.ModelChoiceField(
        label=_("Works under"), queryset=Person.objects.none(), empty_label=_("Choose one")
    )

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["supervisor"].queryset = queries.possible_supervisors(person)  # type: ignore[attr-defined]


class LeavingForm(forms.Form):
    sure = forms.BooleanField(
        label=_("This person leaves. Their roles end now and their open duties go to somebody else."),
        error_messages={"required": _("Check this box if this person leaves.")},
    )


class AccessSessionForm(forms.Form):
    reason = forms.CharField(
        label=_("Why do you need to look?"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("The people of this desk are told at once, and they and the auditor can read this."),
    )
    hours = forms.TypedChoiceField(
        label=_("For how long?"),
        coerce=int,
        initial=1,
        choices=[(1, _("1 hour")), (2, _("2 hours")), (3, _("3 hours")), (4, _("4 hours"))],
        widget=forms.RadioSelect,
    )


class LanguageForm(forms.Form):
    language = forms.ChoiceField(label=_("Language of your pages and messages"), choices=settings.LANGUAGES)


def _password_rules() -> str:
    """The rules of the settings in one short line; Django's own takes a paragraph to say them."""
    shortest = next(
        (
            rule.min_length
            for rule in get_default_password_validators()
            if isinstance(rule, MinimumLengthValidator)
        ),
        1,
    )
    return _(
        "At least %(count)d characters. Four words that do not belong together are good. Not your "
        "name or address, and not a common password."
    ) % {"count": shortest}


class PasswordForm(forms.Form):
    """The first password of an invited person."""

    password = forms.CharField(
        label=_("New password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=_("The same password again"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        self.person = person
        super().__init__(*args, **kwargs)
        self.fields["password"].help_text = _password_rules()

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        validate_password(password, self.person)
        return password

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("password") and cleaned.get("again") and cleaned["password"] != cleaned["again"]:
            self.add_error(
                "again", ValidationError(_("The two passwords are not the same. Type the second one again."))
            )
        return cleaned
