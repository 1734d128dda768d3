"""What is told of who reads, of sign-ins and of places: a kind of message for each."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from security_center.foundation.notifications.kinds import MessageKind

ACCESS = MessageKind(
    "center.access_session",
    _("An administrator may read reports for a while"),
    _("An administrator opened an access session at %(organization)s. See who, for how long and why."),
)
NEW_READER = MessageKind(
    "center.new_reader",
    _("Somebody new may read reports"),
    _("A role that reads reports was given at %(organization)s. See the calendar."),
)
READER_GONE = MessageKind(
    "center.reader_gone",
    _("A reader’s role has ended"),
    _("A role that reads reports has ended at %(organization)s. Look for hours without a reader."),
)
FACTOR_RESET = MessageKind(
    "center.second_factor_reset",
    _("Your second factor was removed"),
    _(
        "An administrator removed your second factor. If you did not ask for it, tell your "
        "district’s safety lead now."
    ),
)
OWN_ROLE_GONE = MessageKind(
    "center.own_role_gone",
    _("Your role has ended"),
    _(
        "Your role at %(organization)s has ended. If you did not know of it, call the "
        "superintendent or the principal today."
    ),
)
ADDRESS_CHANGED = MessageKind(
    "center.address_changed",
    _("Your messages go to another address"),
    _(
        "Your e-mail address was changed. If you did not ask for it, call your district’s safety "
        "lead or superintendent today."
    ),
)
NEW_ADMINISTRATOR = MessageKind(
    "center.new_administrator",
    _("Somebody new is an administrator"),
    _(
        "The administrator’s role was given at %(organization)s. Who holds it decides who reads. If "
        "you did not know of it, ask the others today."
    ),
)
ADMINISTRATOR_RESET = MessageKind(
    "center.administrator_reset",
    _("An administrator’s second factor was removed"),
    _(
        "At %(organization)s an administrator’s second factor was removed. Call them. If they did "
        "not ask for it, tell the others now."
    ),
)
COLLEAGUE = MessageKind(
    "center.colleague_waits",
    _("A colleague waits for you"),
    _(
        "The sign-in of a colleague at %(organization)s was set anew. Speak with them, then say "
        "whether it is them."
    ),
)
WAITS_ALONE = MessageKind(
    "center.waits_alone",
    _("A reader’s sign-in was set anew, and nobody is left to agree"),
    _(
        "At %(organization)s a reader’s sign-in was set anew. They read again in 24 hours. If "
        "nobody asked for it, tell the other administrator now."
    ),
)
SCHOOL_ADDED = MessageKind(
    "center.school_added",
    _("A school was added"),
    _(
        "An administrator added a school: see %(organization)s. If you did not know of it, ask them "
        "today. Its own readers read what is sent to it."
    ),
)
DISTRICT_ADDED = MessageKind(
    "center.district_added",
    _("A district was added"),
    _(
        "An administrator added a district: see %(organization)s. If it stands for a place that "
        "another answers for, ask them today."
    ),
)
NAMESAKE = MessageKind(
    "center.namesake",
    _("Another school has the name of yours"),
    _(
        "In another district of the state a school was entered with the name of %(organization)s. "
        "If you do not know of it, ask at the state today."
    ),
)
PLACE_CHANGED = MessageKind(
    "center.place_changed",
    _("A school or district was changed"),
    _(
        "An administrator changed the name, the city, the address, the time zone or the dispatch "
        "number of %(organization)s. See if it is right."
    ),
)
FORM_CLOSED = MessageKind(
    "center.form_closed",
    _("A report form was closed"),
    _(
        "An administrator closed the report form of %(organization)s. If you did not know of it, "
        "ask them today: nobody can report there."
    ),
)
PLAN_CHANGED = MessageKind(
    "center.plan_changed",
    _("The plan was changed"),
    _(
        "A new version of the plan of %(organization)s holds now. Open it to see what has changed "
        "and who adopted it. Ask them if it surprises you."
    ),
)
KINDS = (
    ACCESS,
    NEW_READER,
    READER_GONE,
    OWN_ROLE_GONE,
    ADDRESS_CHANGED,
    FACTOR_RESET,
    NEW_ADMINISTRATOR,
    ADMINISTRATOR_RESET,
    COLLEAGUE,
    WAITS_ALONE,
    SCHOOL_ADDED,
    DISTRICT_ADDED,
    NAMESAKE,
    PLACE_CHANGED,
    FORM_CLOSED,
    PLAN_CHANGED,
)
