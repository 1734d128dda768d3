"""This room's entries in the public side's menu."""

from __future__ import annotations

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from security_center.foundation.organizations.models import Organization
from security_center.foundation.web.navigation import PublicEntry, register_public
from security_center.prevention.queries import published_steps


def _always(school: Organization) -> bool:
    return True


def _plan_is_adopted(school: Organization) -> bool:
    return published_steps(school, get_language() or "en") is not None


def register_all() -> None:
    concern = _("Report a concern"), _("No name needed. It takes two minutes.")
    register_public(PublicEntry(*concern, "reporting:find", 10))
    register_public(
        PublicEntry(
            _("Come back with your receipt words"),
            _("With your receipt words you can read answers and add more."),
            "reporting:receipt",
            20,
        )
    )
    register_public(
        PublicEntry(
            _("What your school publishes"),
            _("What it does against violence, and what came of concerns."),
            "reporting:schools",
            30,
        )
    )
    register_public(
        PublicEntry(
            _("How safe is my name?"),
            _("What we promise you, and what nobody can promise."),
            "reporting:about",
            40,
        )
    )
    register_public(PublicEntry(*concern, "reporting:form", 10, _always))
    register_public(
        PublicEntry(
            _("What this school does against violence"),
            _("Its plan, and who reads a report and when."),
            "reporting:plan",
            20,
            _plan_is_adopted,
        )
    )
    register_public(
        PublicEntry(_("How to report"), _("Short lessons to read or to print."), "learn:school", 30, _always)
    )
