"""The form of the connectedness check."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class PairsForm(forms.Form):
    """Students by their numbers, each with an adult."""

    rows = forms.CharField(
        label=_("Student number and adult, one pair on a line"),
        widget=forms.Textarea(attrs={"rows": 10, "spellcheck": "false", "autocomplete": "off"}),
        help_text=_(
            "Copy two columns of your spreadsheet: the student’s number, and the adult’s e-mail "
            "address or name."
        ),
        error_messages={"required": _("There are no rows yet.")},
    )
