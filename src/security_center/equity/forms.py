"""What a data officer sends."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from .models import Import


class ImportForm(forms.Form):
    kind = forms.ChoiceField(
        label=_("What is in it"),
        choices=Import.Kind.choices,
        widget=forms.RadioSelect,
        initial=Import.Kind.PROTECTED,
    )
    file = forms.FileField(
        label=_("The file (CSV)"),
        required=False,
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,text/csv,text/plain"}),
        help_text=_("It is checked line by line. Nothing is used before you have seen what it holds."),
    )
    rows = forms.CharField(
        label=_("Or paste the rows"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false", "autocomplete": "off"}),
    )
