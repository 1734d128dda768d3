"""Forms of the privacy of a case: why somebody opens it, whom a text is about, who is told."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from security_center.foundation.web.staff_forms import StaffForm, words

from . import content_loader as content
from .models import Disclosure
from .queries.texts import Part


class GlassForm(StaffForm):
    name = "glass"
    reason = words(
        4,
        _("Why do you have to read it now?"),
        help_text=_("The lead and the team read this at once, with your name."),
        error_messages={"required": _("Write why. Without a reason it stays closed.")},
    )


class LooksForm(forms.Form):
    number = forms.CharField(
        label=_("Number of the case"),
        max_length=8,
        error_messages={"required": _("Write the number of the case.")},
    )


class TagForm(StaffForm):
    """About whom one text is. `of` is the digest of the text that the page shows: a text that was changed
    meanwhile is read again first."""

    mark_optional = False
    about = forms.ChoiceField(label=_("Whom is it about?"), required=False)
    withheld = forms.ChoiceField(label=_("Keep it back all the same?"), required=False)
    wording = words(3, _("Wording for the family, without what names others"), required=False)
    of = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, part: Part, number: int, **kwargs: Any) -> None:
        self.part = part
        first = {
            "about": part.about or part.suggested,
            "withheld": part.withheld,
            "wording": part.wording,
            "of": part.of,
        }
        super().__init__(*args, prefix=f"tag-{number}", initial=first, **kwargs)
        subjects = [(key, str(one.label)) for key, one in content.segment_subjects().items()]
        self.offer(about=[("", _("Not tagged yet")), *subjects])
        reasons = [(key, str(label)) for key, label in content.withheld_reasons().items()]
        self.offer(withheld=[("", _("No")), *reasons])


class PacketForm(StaffForm):
    """Who is told what, and on which ground. The texts are ticked on the page, by group."""

    name = "packet"
    who = forms.CharField(
        label=_("Who exactly?"),
        max_length=200,
        help_text=_("The person and the agency or household."),
        error_messages={"required": _("Write who exactly is told: the log has to say it.")},
    )
    ground = forms.ChoiceField(label=_("On which ground?"))
    relied_on = words(
        4,
        _("Which threat do you rely on?"),
        required=False,
        help_text=_(
            "In an emergency: what the threat is, and why this party has to know it. On another "
            "ground: their interest."
        ),
    )
    way = forms.ChoiceField(
        label=_("How are they told?"),
        widget=forms.RadioSelect,
        initial=Disclosure.Way.PACKET,
        choices=[(way.value, way.label) for way in (Disclosure.Way.PACKET, Disclosure.Way.SPOKEN)],
    )

    def __init__(self, *args: Any, receiver: str, **kwargs: Any) -> None:
        usual = content.receivers()[receiver].ground
        super().__init__(*args, initial={"ground": usual, "way": Disclosure.Way.PACKET}, **kwargs)
        found = [(key, str(one.label)) for key, one in content.grounds().items()]
        self.offer(ground=found)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        ground = content.grounds().get(given.get("ground", ""))
        if ground is not None and ground.threat and not given.get("relied_on", "").strip():
            self.add_error(
                "relied_on",
                _("Write it down: the law asks for the threat or the interest that you relied on."),
            )
        return given


class ReleasedForm(StaffForm):
    name = "released"
    said_by = words(
        2,
        _("Who at law enforcement said so, and when?"),
        error_messages={"required": _("Write who said it: somebody will ask one day.")},
    )


class EarlyEndForm(StaffForm):
    name = "early"
    reason = words(
        3, _("Why should it be destroyed before its day?"), error_messages={"required": _("Write why.")}
    )
