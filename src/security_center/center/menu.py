"""The staff side's main menu, for the rooms below that have pages."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from security_center.foundation.organizations.models import Person
from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.organizations.policies import any_of
from security_center.foundation.web.navigation import Entry, register


def _holding(*permissions: Permission) -> Callable[[HttpRequest], bool]:
    def may(request: HttpRequest) -> bool:
        return isinstance(request.user, Person) and any_of(request.user, permissions)

    return may


def register_all() -> None:
    for entry in (
        Entry(_("Home"), "center:home", 10, section="/"),
        Entry(_("Desk"), "reporting:desk", 20, _holding(Permission.REPORT_LIST)),
        Entry(_("Schools"), "center:schools", 30, _holding(Permission.STATISTICS_VIEW)),
        Entry(_("Plan and coverage"), "prevention:index", 40, _holding(Permission.PLAN_VIEW)),
        Entry(_("Lessons and posters"), "lessons:index", 50, _holding(Permission.ORGANIZATION_VIEW)),
        Entry(_("People"), "organizations:people", 60, _holding(Permission.PEOPLE_VIEW)),
        Entry(_("Students"), "students:index", 65, _holding(Permission.STUDENT_IMPORT)),
        Entry(_("Organizations"), "organizations:organizations", 70, _holding(Permission.ORGANIZATION_VIEW)),
        Entry(_("Ledger"), "center:ledger", 80, _holding(Permission.LEDGER_VERIFY)),
        Entry(_("Set-up"), "center:set_up_start", 90, _holding(Permission.ORGANIZATION_EDIT)),
    ):
        register(entry)
