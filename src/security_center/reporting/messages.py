"""The kinds of message this room sends. None carries a word of a report."""

from django.utils.translation import gettext_lazy as _

from security_center.foundation.notifications.kinds import MessageKind, register

KINDS = (
    MessageKind(
        "reporting.acknowledge",
        _("A report needs you"),
        _("A report came in at %(organization)s. Open it and press “I have it”."),
    ),
    MessageKind(
        "reporting.reply",
        _("A reporter waits for an answer"),
        _("The person who sent report %(number)s waits for an answer from %(organization)s."),
    ),
    MessageKind(
        "reporting.decide",
        _("A report needs a decision"),
        _("Report %(number)s at %(organization)s needs a written decision."),
    ),
    MessageKind(
        "reporting.second_reader",
        _("A second reader is needed"),
        _("A colleague at %(organization)s asks for a second look at report %(number)s."),
    ),
    MessageKind(
        "reporting.assigned",
        _("A report was given to you"),
        _("Report %(number)s at %(organization)s is now yours."),
    ),
    MessageKind(
        "reporting.new_facts",
        _("A reporter wrote something new"),
        _("Something new was added to report %(number)s at %(organization)s."),
    ),
    MessageKind(
        "reporting.record_today",
        _("Something you were told is not written down yet"),
        _("Somebody told something to an adult at %(organization)s. It has to be written down today."),
    ),
    MessageKind(
        "reporting.identity_asked",
        _("A colleague asks to open a reporter’s name"),
        _(
            "Opening the name of the person who sent report %(number)s needs a second custodian. "
            "Please read the reason and answer."
        ),
    ),
    MessageKind(
        "reporting.take_over",
        _("A report is handed to you"),
        _("Another desk hands report %(number)s to %(organization)s. Open it and take it over."),
    ),
    MessageKind(
        "reporting.end_near",
        _("Some reports are destroyed in a week"),
        _(
            "The time of closed reports at %(organization)s ends in a week. Whoever needs one "
            "longer puts it on hold. Each report says its day."
        ),
    ),
    MessageKind(
        "reporting.pattern",
        _("Several reports may be about one person"),
        _("Several reports at %(organization)s may be about one person. Please look."),
    ),
)


def register_all() -> None:
    for kind in KINDS:
        register(kind)
