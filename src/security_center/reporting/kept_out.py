"""Tells the floors below whom a report must not reach, so that no alert of it goes to somebody it is about."""

from django_scopes import scopes_disabled

from .models import Conflict, Report


def people_kept_from(thing: str) -> set[int]:
    """Ids of the people a conflict keeps from the report `thing` ("report:<number>"); for a reserved one, everybody a conflict names."""
    kind, _, number = thing.partition(":")
    if kind != "report":
        return set()
    with scopes_disabled():  # the worker asks, for a thing whose tenant it does not know; only person ids come back
        report = Report.objects.filter(number=number).only("pk").first()
        return set(Conflict.objects.filter(report=report).values_list("person_id", flat=True)) if report is not None else set()
