"""What this room does when a role is given or ends: nobody is made a team lead without a training that
counts, and nothing is asked of who has gone."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from django_scopes import scope

from security_center.foundation.organizations import signals
from security_center.foundation.organizations.models import Organization, Person, Role
from security_center.foundation.refusals import Refusal

from . import actions, trained


class NotTrained(Refusal):
    sentence = _(
        "Their training for the team has run out, or was never entered. Enter it under Training "
        "first, or give the role to somebody else."
    )
    fields = ("role",)


def refuse_untrained_leads(
    asked: list[tuple[Person, Organization, Role]], **_signal: Any
) -> dict[int, Refusal]:
    # Only the lead of a team: whoever reads reports has to be able to begin today.
    leads = [
        (position, person, place.district)
        for position, (person, place, role) in enumerate(asked)
        if role == Role.TEAM_LEAD
    ]
    found: dict[int, Refusal] = {}
    for district in {district.pk: district for _position, _person, district in leads}.values():
        here = [(position, person) for position, person, its in leads if its.pk == district.pk]
        with scope(district=[district.pk]):
            refused = trained.refused([person for _position, person in here], district)
        found |= {position: NotTrained() for (position, _person), no in zip(here, refused, strict=True) if no}
    return found


def drop_training_of_leaving(person: Person, actor: Person | None, **_signal: Any) -> None:
    actions.drop_training_of(person=person, actor=actor)


def connect() -> None:
    signals.reading_roles_asked.connect(refuse_untrained_leads, dispatch_uid="training_of_a_lead")
    signals.person_leaving.connect(drop_training_of_leaving, dispatch_uid="training_of_leaving")
