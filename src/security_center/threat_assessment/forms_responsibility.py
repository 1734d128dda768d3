"""Forms for handing on the lead of a case and for letting it wait."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from security_center.foundation.organizations.models import Person
from security_center.foundation.web.staff_forms import StaffForm, by_id, choose_one, named_people, words
from security_center.prevention.doctrine.kinds import TeamRuleSet
from security_center.prevention.wording import who_leads

from . import content_loader as doctrine


class LeadForm(StaffForm):
    """Who is asked to lead. In an emergency, somebody who oversees asks, and writes why."""

    name = "lead"
    to = forms.ChoiceField(label=_("Who should lead it?"), error_messages={"required": _("Choose somebody.")})
    reason = words(
        2,
        _("Why?"),
        help_text=_("The team reads it."),
        error_messages={"required": _("Write why the lead cannot do it.")},
    )

    def __init__(
        self, *args: Any, people: Iterable[Person], rule_set: TeamRuleSet, emergency: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.people = by_id(people)
        self.fields["to"].help_text = who_leads(rule_set)
        self.offer(to=choose_one(named_people(self.people.values())))
        self.fields["reason"].required = emergency

    @property
    def chosen(self) -> Person:
        return self.people[self.cleaned_data["to"]]


class DeclineForm(StaffForm):
    name = "decline"
    reason = words(
        2,
        _("Why can you not?"),
        error_messages={"required": _("Write in a sentence why you cannot. The team reads it.")},
    )


class HoldForm(StaffForm):
    """The case waits for something that will come within days."""

    name = "hold"
    reason = words(
        3, _("What does the case wait for?"), error_messages={"required": _("Write what the case waits for.")}
    )
    days = forms.TypedChoiceField(
        label=_("For how long?"),
        coerce=int,
        error_messages={"required": _("Choose for how many school days.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        spans = [
            (str(n), ngettext("%(count)d school day", "%(count)d school days", n) % {"count": n})
            for n in range(1, doctrine.longest_hold() + 1)
        ]
        self.offer(days=spans)
