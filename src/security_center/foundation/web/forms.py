"""How a form looks: `{{ form }}` and `{{ field.as_field_group }}` give the page's own markup everywhere."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Any

import django.forms
from django.forms import widgets
from django.forms.boundfield import BoundField
from django.forms.renderers import BaseRenderer
from django.template.backends.django import DjangoTemplates

from security_center.foundation.web.long_texts import LONG, written_out

_DJANGO_TEMPLATES = Path(django.forms.__file__).parent / "templates"
_OWN_TEMPLATES = Path(__file__).parent / "form_templates"


class PageBoundField(BoundField):
    """A field that knows its classes, the id an error should lead to, and whether to say "optional"."""

    @property
    def kind(self) -> str:
        """What the template must draw: checkbox, choices, file, select, textarea or input."""
        widget = self.field.widget
        if isinstance(widget, widgets.CheckboxInput):
            return "checkbox"
        if isinstance(widget, widgets.RadioSelect | widgets.CheckboxSelectMultiple):
            return "choices"
        if isinstance(widget, widgets.FileInput):
            return "file"
        if isinstance(widget, widgets.Select):
            return "select"
        if isinstance(widget, widgets.Textarea):
            return "textarea"
        return "input"

    @property
    def focus_id(self) -> str:
        """The id of the element that takes the keyboard: for radios and checkboxes that is the first
        choice."""
        return self.id_for_label or (f"{self.auto_id}_0" if self.auto_id else "")

    @property
    def says_optional(self) -> bool:
        """Optional fields say so after their label, unless the form sets `mark_optional = False` (where
        nearly all are optional)."""
        return (
            not self.field.required and self.kind != "checkbox" and getattr(self.form, "mark_optional", True)
        )

    def build_widget_attrs(
        self, attrs: dict[str, Any], widget: widgets.Widget | None = None
    ) -> dict[str, Any]:
        built: dict[str, Any] = super().build_widget_attrs(attrs, widget)
        widget = widget or self.field.widget
        own = {
            "checkbox": "usa-checkbox__input",
            "choices": "",
            "file": "usa-file-input",
            "select": "usa-select",
            "textarea": "usa-textarea",
            "input": "usa-input",
        }[self.kind]
        if isinstance(widget, widgets.HiddenInput | widgets.MultipleHiddenInput):
            return built
        classes = [own, str(widget.attrs.get("class", "")), str(built.get("class", ""))]
        if self.errors and self.kind in {"input", "select", "textarea"}:
            classes.append("usa-input--error")
        joined = " ".join(dict.fromkeys(" ".join(classes).split()))
        if joined:
            built["class"] = joined
        return built


class PageFormRenderer(BaseRenderer):
    """Django's form renderer for the whole system (setting FORM_RENDERER). Our templates win over Django's,
    then those of the rooms."""

    form_template_name = "web/forms/form.html"
    formset_template_name = "web/forms/formset.html"
    field_template_name = "web/forms/group.html"
    bound_field_class = PageBoundField

    @cached_property
    def engine(self) -> DjangoTemplates:
        return DjangoTemplates(
            {
                "APP_DIRS": True,
                "DIRS": [_OWN_TEMPLATES, _DJANGO_TEMPLATES],
                "NAME": "page_forms",
                "OPTIONS": {},
            }
        )

    def get_template(self, template_name: str) -> Any:
        return self.engine.get_template(template_name)

    def render(self, template_name: str, context: dict[str, Any], request: Any = None) -> str:
        widget = context.get("widget") or {}
        value = widget.get("value")
        if isinstance(value, str) and len(value) > LONG:
            context = {**context, "widget": {**widget, "value": written_out(value)}}
        return str(super().render(template_name, context, request))
