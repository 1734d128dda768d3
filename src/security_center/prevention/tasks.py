"""What the worker does for the plan: it keeps true what the public pages say."""

from itertools import groupby

from django.conf import settings
from django_scopes import scope

from security_center.foundation.organizations.queries import tenants
from security_center.foundation.timekeeping.queries import sure_moment

from .actions import coverage, publishing, training
from .actions.training import owe_training
from .queries import desks_with_plans
from .training_pages import people_on_teams, places_with_register, training_rules


def publish_forms() -> int:
    """Renew published forms: absences begin, test alerts grow old, people leave without anybody touching the plan. Returns how many changed."""
    return publishing.publish_forms(organizations=desks_with_plans())


def remind_of_proofs() -> int:
    """Once a day: whoever reads and has no fresh proof that alerts reach them gets a test alert, and their administrators hear of it. Returns how
    many readers were asked."""
    if settings.SSC_DEMO:
        return 0
    asked = 0
    for district, desks in groupby(sorted(desks_with_plans(), key=lambda desk: desk.district.pk), key=lambda desk: desk.district):
        asked += coverage.remind_of_proofs(district=district, desks=list(desks))
    return asked


def end_trainings() -> int:
    """Once a day: destroy records of trainings that count no more since long ago; nothing while the time is not believed. Returns how many were."""
    at = sure_moment()
    if at is None:
        return 0
    ended = 0
    for district_id in tenants():
        with scope(district=[district_id]):
            for place in places_with_register():
                ended += training.end_trainings(place=place, at=at)
    return ended


def ask_for_trainings() -> int:
    """In each district that asks for training, whoever works on cases is told before theirs runs out. Returns how many duties were raised."""
    asked = 0
    for district_id in training_rules():
        with scope(district=[district_id]):
            for person, place in people_on_teams(district_id):
                asked += owe_training(person=person, place=place)
    return asked
