"""What a place lacks of step 8 of its plan: trained teams. A fixed number of queries."""

from __future__ import annotations

from django.db.models import DateField, Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from security_center.foundation.organizations.models import Organization
from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.organizations.queries import roles_held
from security_center.prevention import readiness

from .queries import TEAM_ROLES
from .trained import trained_until


def untrained_team(places: QuerySet[Organization]) -> set[int]:
    """Ids of the places where somebody works on cases whose training for the team does not count today."""
    counts = trained_until(OuterRef("person"), OuterRef(OuterRef("day_there")))
    without = roles_held(TEAM_ROLES).filter(~Exists(counts), organization=OuterRef("pk"))
    day = readiness.by_zone(lambda day, _zone: day, DateField())
    return set(places.order_by().annotate(day_there=day).filter(Exists(without)).values_list("pk", flat=True))


def register_all() -> None:
    sentence = _("Somebody who works on cases has no training that counts today.")
    readiness.register(
        "untrained_team",
        sentence,
        _("Enter the training"),
        untrained_team,
        link="training:training_place",
        needs=Permission.TRAINING_VIEW,
        order=60,
    )
