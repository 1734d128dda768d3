"""What the worker does for this room. It may run twice and does the work once."""

from __future__ import annotations

from django_scopes import scope

from security_center.foundation.organizations.queries import tenants
from security_center.foundation.timekeeping.queries import sure_moment

from . import actions
from .actions import raise_training_duty
from .queries import people_on_teams, places_with_register, training_rules


def end_trainings() -> int:
    """Once a day: destroy records of trainings that count no more since long ago; nothing while the time is
    not believed. Returns how many were."""
    at = sure_moment()
    if at is None:
        return 0
    ended = 0
    for district_id in tenants():
        with scope(district=[district_id]):
            for place in places_with_register():
                ended += actions.end_trainings(place=place, at=at)
    return ended


def ask_for_trainings() -> int:
    """In each district that asks for training, whoever works on cases is told before theirs runs out. Returns
    how many duties were raised."""
    asked = 0
    for district_id in training_rules():
        with scope(district=[district_id]):
            for person, place in people_on_teams(district_id):
                asked += raise_training_duty(person=person, place=place)
    return asked
