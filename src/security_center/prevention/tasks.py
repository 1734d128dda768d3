"""What the worker does for the plan: it keeps true what the public pages say."""

from itertools import groupby

from django.conf import settings

from .actions import coverage, publishing
from .queries import desks_with_plans


def publish_forms() -> int:
    """Renew published forms: absences begin, test alerts grow old, people leave without anybody touching the
    plan. Returns how many changed."""
    return publishing.publish_forms(organizations=desks_with_plans())


def remind_of_proofs() -> int:
    """Once a day: whoever reads and has no fresh proof that alerts reach them gets a test alert, and their
    administrators hear of it. Returns how many readers were asked."""
    if settings.SSC_DEMO:
        return 0
    asked = 0
    for district, desks in groupby(
        sorted(desks_with_plans(), key=lambda desk: desk.district.pk), key=lambda desk: desk.district
    ):
        asked += coverage.remind_of_proofs(district=district, desks=list(desks))
    return asked
