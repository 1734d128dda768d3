"""This room's entry in the staff side's main menu: for whoever may be asked onto a team, or has to see that
cases move."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from security_center.foundation.organizations.models import Person
from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.organizations.policies import any_of
from security_center.foundation.web.navigation import Entry, register


def _may_see(request: HttpRequest) -> bool:
    return isinstance(request.user, Person) and any_of(
        request.user, [Permission.CASE_JOIN, Permission.CASE_LIST]
    )


def register_all() -> None:
    register(Entry(_("Cases"), "threat_assessment:cases", 25, _may_see))
