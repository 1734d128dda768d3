"""What was asked of the plan or the calendar cannot be."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from security_center.foundation.refusals import Refusal


class PlanFault(Refusal):
    """What was asked of the plan cannot be; nothing was changed."""


class UnknownChoice(PlanFault):
    sentence = _("One of the choices is not known. Load the page again and choose anew.")


class UnknownCategory(PlanFault):
    sentence = _("One of the categories is not known. Load the page again and choose anew.")


class BehaviorStays(PlanFault):
    sentence = _(
        "What is prohibited, protects a child or always goes to law enforcement stays in every plan."
    )


class OptionStays(PlanFault):
    sentence = _("What stops an attack that is about to happen stays in every plan.")


class SofterClock(PlanFault):
    sentence = _("A clock can be made shorter than the standard, not longer.")


class SofterUrgency(PlanFault):
    sentence = _("A category can be made stricter, not softer.")


class RetentionTooShort(PlanFault):
    sentence = _("Keep closed reports at least 30 days, and unfounded ones at least 7.")


class SchoolDayTooShort(PlanFault):
    sentence = _(
        "A school day has two hours at least: clocks that count school hours would stand still otherwise."
    )


class DecidedLater(PlanFault):
    fields = ("decided_on",)
    sentence = _("That day is still to come. Adopt the plan when it was decided.")


class HoursNotReadable(PlanFault):
    sentence = _("Write times as 7:30 a.m. or 07:30, the opening before the closing.")


class NotAReader(PlanFault):
    sentence = _("%(person)s holds no role that reads reports here. Give them one first.")


class ShiftOutOfRange(PlanFault):
    sentence = _("Choose a day, a start and an end.")


class DaysOutOfOrder(PlanFault):
    sentence = _("The last day comes before the first. Change one of them.")


class TimesOutOfOrder(PlanFault):
    sentence = _("The end comes before the start. Change one of them.")
