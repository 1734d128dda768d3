"""The addresses of the rooms: a room's are found where they lie, in its `urls_staff.py` and
`urls_public.py`."""

from __future__ import annotations

from importlib.util import find_spec

from django.conf import settings
from django.urls import URLResolver, include, path


def of_rooms(table: str) -> list[URLResolver]:
    """Those of the upper rooms first, so that what hangs on a thing may stand beside the thing's own
    addresses."""
    modules = [f"{room}.{table}" for room in reversed(settings.ROOMS)]
    return [path("", include(module)) for module in modules if find_spec(module)]
