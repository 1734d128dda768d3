"""This room's entries in the staff side's main menu, and in that of the public side."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from security_center.foundation.organizations.models import Organization, Person
from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.organizations.policies import any_of
from security_center.foundation.web.navigation import Entry, PublicEntry, register, register_public


def _may_see(request: HttpRequest) -> bool:
    return isinstance(request.user, Person) and any_of(request.user, [Permission.STATISTICS_VIEW])


def _each(school: Organization) -> bool:
    return True


def register_all() -> None:
    register(Entry(_("Figures"), "equity:statistics", 35, _may_see))
    register_public(
        PublicEntry(
            _("What came of concerns"),
            _("Once a year the district shows its figures here."),
            "numbers:figures",
            40,
            _each,
        )
    )
