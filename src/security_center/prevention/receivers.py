"""What this room does when a role is given or ends: nobody is made a team lead without a training that counts, and
nothing is asked of who has gone."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from django_scopes import scope

from security_center.foundation.organizations import signals
from security_center.foundation.organizations.actions.faults import Fault
from security_center.foundation.organizations.models import Person, Role, RoleAssignment

from . import trained
from .actions import training as training_actions


class NotTrained(Fault):
    sentence = _("Their training for the team has run out, or was never entered. Enter it under Training first, or give the role to somebody else.")
    field = "role"


def refuse_untrained_lead(assignment: RoleAssignment, **_signal: Any) -> None:
    # Only the lead of a team: whoever reads reports has to be able to begin today.
    if assignment.role != Role.TEAM_LEAD:
        return
    with scope(district=[assignment.organization.district.pk]):
        if trained.refuses(assignment.person, assignment.organization):
            raise NotTrained


def drop_training_of_leaving(person: Person, actor: Person | None, **_signal: Any) -> None:
    training_actions.drop_training_of(person=person, actor=actor)


def connect() -> None:
    signals.reading_role_given.connect(refuse_untrained_lead, dispatch_uid="training_of_a_lead")
    signals.person_leaving.connect(drop_training_of_leaving, dispatch_uid="training_of_leaving")
