"""What the worker does for the plan: it keeps true what the public pages say."""

from .actions import publish_form
from .queries import desks_with_plans


def publish_forms() -> int:
    """Renew each published form: absences begin, test alerts grow old and people leave without anybody touching the plan."""
    desks = desks_with_plans()
    for organization in desks:
        publish_form(organization=organization)
    return len(desks)
