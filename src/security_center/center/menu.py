"""The staff side's main menu, for the rooms below that have pages."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.organizations.views.lookups import holding
from security_center.foundation.web.navigation import Entry, register


def register_all() -> None:
    for entry in (
        Entry(_("Home"), "center:home", 10, section="/"),
        Entry(_("Desk"), "reporting:desk", 20, holding(Permission.REPORT_LIST)),
        Entry(_("Schools"), "center:schools", 30, holding(Permission.STATISTICS_VIEW)),
        Entry(_("Plan and coverage"), "prevention:index", 40, holding(Permission.PLAN_VIEW)),
        Entry(_("Lessons and posters"), "lessons:index", 50, holding(Permission.ORGANIZATION_VIEW)),
        Entry(_("People"), "organizations:people", 60, holding(Permission.PEOPLE_VIEW)),
        Entry(_("Students"), "students:index", 65, holding(Permission.STUDENT_IMPORT)),
        Entry(_("Organizations"), "organizations:organizations", 70, holding(Permission.ORGANIZATION_VIEW)),
        Entry(_("Ledger"), "center:ledger", 80, holding(Permission.LEDGER_VERIFY)),
        Entry(_("Set-up"), "center:set_up_start", 90, holding(Permission.ORGANIZATION_EDIT)),
    ):
        register(entry)
