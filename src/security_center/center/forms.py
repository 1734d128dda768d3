"""What the first administrator types in the set-up."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from security_center.foundation.organizations.actions.invitations import FIRST_ADDRESS
from security_center.foundation.organizations.forms import OrganizationForm, SchoolRowsForm
from security_center.foundation.organizations.models import Organization, Person


class DistrictForm(OrganizationForm):
    """The district, and who is typing."""

    field_order = ("name", "city", "time_zone", "dispatch_number", "state", "parent", "own_name", "own_email")
    state = forms.CharField(
        label=_("State"),
        max_length=200,
        required=False,
        help_text=_(
            "Only if a state runs this for several districts. It cannot be put above the district later."
        ),
    )
    parent = forms.ModelChoiceField(
        label=_("It belongs to"), queryset=Organization.objects.none(), empty_label=_("Choose one")
    )
    own_name = forms.CharField(
        label=_("Your name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    own_email = forms.EmailField(
        label=_("Your e-mail address"),
        help_text=_("From now on you sign in with it."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )

    def __init__(
        self,
        *args: Any,
        actor: Person,
        states: list[Organization],
        organization: Organization | None = None,
        **kwargs: Any,
    ) -> None:
        if organization is None:
            first = actor.email == FIRST_ADDRESS
            kwargs.setdefault(
                "initial",
                {"own_name": "" if first else actor.name, "own_email": "" if first else actor.email},
            )
        else:
            kept = ("name", "city", "time_zone", "dispatch_number")
            kwargs.setdefault("initial", {name: getattr(organization, name) for name in kept})
        super().__init__(*args, organization=organization, kind=Organization.Kind.DISTRICT, **kwargs)
        self.fields["name"].label = _("Name of the district")
        self.fields["dispatch_number"].required = True
        for unasked in ("enrollment", "external_id", "active"):
            self.fields.pop(unasked, None)
        if organization is not None or states:
            for unasked in ("state", "own_name", "own_email"):
                del self.fields[unasked]
        if organization is None and states:
            self.fields["parent"].queryset = Organization.objects.filter(  # type: ignore[attr-defined]
                pk__in=[state.pk for state in states]
            )
        else:
            del self.fields["parent"]


class SchoolsForm(SchoolRowsForm):
    mark_optional = False  # one of the two is needed; the page says so


class PeopleRowsForm(forms.Form):
    mark_optional = False
    rows = forms.CharField(
        label=_("People, one on a line"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 10, "spellcheck": "false", "autocomplete": "off"}),
        help_text=_(
            "Type, or copy the cells of your spreadsheet. Columns: name, e-mail address, role, "
            "school. Leave the school empty for the district."
        ),
    )
    file = forms.FileField(
        label=_("Or a CSV file"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,text/csv"}),
    )
