"""The kinds of message this room sends. None carries a word of a case."""

from django.utils.translation import gettext_lazy as _

from security_center.foundation.notifications.kinds import MessageKind, register

from .queries.services import kinds_of

KINDS = (
    MessageKind(
        "case.step",
        _("A case needs its next step"),
        _("Case %(number)s at %(organization)s has to move on. Open it to see what is missing."),
    ),
    MessageKind(
        "case.imminent",
        _("Danger: a case needs you now"),
        _("Case %(number)s at %(organization)s is in imminent response. Open it now."),
    ),
    MessageKind(
        "case.practice",
        _("Practice: a made-up case waits for you"),
        _("Practice case %(number)s at %(organization)s has its next step."),
    ),
    MessageKind(
        "case.member",
        _("You are on the team of a case"),
        _("You were asked to work on case %(number)s at %(organization)s."),
    ),
    MessageKind(
        "case.sign",
        _("A judgement waits for your view"),
        _("Case %(number)s at %(organization)s: please read the judgement and sign with your view."),
    ),
    MessageKind(
        "case.law_enforcement",
        _("Decide whether the police are told"),
        _(
            "Case %(number)s at %(organization)s: somebody has to decide whether law enforcement is "
            "told, and write why."
        ),
    ),
    MessageKind(
        "case.action",
        _("A step of a safety plan is yours"),
        _("Case %(number)s at %(organization)s: a step of the plan is yours."),
    ),
    MessageKind(
        "case.daily",
        _("Confirm today’s safety step"),
        _("Case %(number)s at %(organization)s: confirm that today’s step was done."),
    ),
    MessageKind(
        "case.review",
        _("A case has to be reviewed"),
        _("Case %(number)s at %(organization)s is due for its review."),
    ),
    MessageKind(
        "case.close",
        _("A colleague asks to close a case"),
        _("Case %(number)s at %(organization)s: please read the reasons and answer."),
    ),
    MessageKind(
        "case.placement",
        _("Days out of school need an answer"),
        _(
            "Case %(number)s at %(organization)s: the days out of school are many. Open it and "
            "answer what follows."
        ),
    ),
    MessageKind(
        "case.path",
        _("A step for the student’s safety is due"),
        _(
            "Case %(number)s at %(organization)s: a step about self-harm or child protection waits. "
            "Open it now."
        ),
    ),
    MessageKind(
        "case.outside_review",
        _("Look at the judgement of a case"),
        _("Case %(number)s at %(organization)s: please look at what its team concluded, and answer."),
    ),
    MessageKind(
        "case.meet",
        _("Your team meets today"),
        _(
            "Case %(number)s at %(organization)s: a grave answer calls the team. Meet today and "
            "write down who was there."
        ),
    ),
    MessageKind(
        "case.class_return",
        _("Decide whether a student goes back to class"),
        _(
            "Case %(number)s at %(organization)s: the student stays with an adult until it is "
            "decided whether they go back to class."
        ),
    ),
    MessageKind(
        "case.look_again",
        _("Look again: a student was sent away"),
        _(
            "Case %(number)s at %(organization)s: the student is out of school now. That ends no "
            "concern; look at the case again."
        ),
    ),
    MessageKind(
        "case.break_glass",
        _("A case was opened in an emergency"),
        _(
            "Case %(number)s at %(organization)s was opened by somebody outside of its team. Open "
            "it to see who and why."
        ),
    ),
    MessageKind(
        "case.inspection",
        _("A family asks to see a record"),
        _("Case %(number)s at %(organization)s: a request to see the record is to be answered."),
    ),
    MessageKind(
        "case.amendment",
        _("Somebody asks to correct a record"),
        _("Case %(number)s at %(organization)s: a request to correct it is to be answered."),
    ),
    MessageKind(
        "case.end_near",
        _("A closed case is destroyed soon"),
        _("Case %(number)s at %(organization)s is destroyed soon. Its page says when."),
    ),
    MessageKind(
        "meeting.end_near",
        _("Minutes are destroyed in a week"),
        _("The time of the minutes of a meeting at %(organization)s ends in a week. Its page says the day."),
    ),
    MessageKind(
        "case.early_end",
        _("A colleague asks to destroy a case early"),
        _("Case %(number)s at %(organization)s: please read why and answer."),
    ),
    MessageKind(
        "case.lead",
        _("You are asked to lead a case"),
        _("Case %(number)s at %(organization)s: somebody is asked to lead it. Open it to see who."),
    ),
    MessageKind(
        "case.lead_changed",
        _("An answer about who leads a case"),
        _("Case %(number)s at %(organization)s: open it to see who leads it now."),
    ),
    MessageKind(
        "case.hold",
        _("The hold of a case ends"),
        _("Case %(number)s at %(organization)s waits no longer than today or tomorrow. Open it."),
    ),
    MessageKind(
        "case.hold_asked",
        _("May a case wait once more?"),
        _("Case %(number)s at %(organization)s: a second discipline is asked to agree."),
    ),
    MessageKind(
        "case.handoff",
        _("A case was handed over and not taken on yet"),
        _(
            "Case %(number)s at %(organization)s: the other school has not answered yet. It stays "
            "yours until it has."
        ),
    ),
    MessageKind(
        "case.handed",
        _("A case is being handed to your school"),
        _("Case %(number)s is handed to %(organization)s. Open it and take it on."),
    ),
    MessageKind(
        "case.handed_over",
        _("A case is with another school now"),
        _("Case %(number)s of %(organization)s was taken on by the other school."),
    ),
    MessageKind(
        "case.contact",
        _("A student left: plan how contact is kept"),
        _("Case %(number)s at %(organization)s: plan how contact is kept."),
    ),
    MessageKind(
        "case.left",
        _("A student left: look at the case again"),
        _("Case %(number)s at %(organization)s: say what the leaving changes."),
    ),
    MessageKind(
        "incoming.waiting",
        _("Somebody has told the school about a student"),
        _("Entry %(number)s at %(organization)s waits for somebody to take it."),
    ),
    MessageKind(
        "incoming.open",
        _("Put it into a case"),
        _("Entry %(number)s at %(organization)s is yours and in no case yet."),
    ),
    MessageKind(
        "case.warned_again",
        _("Warned again about one student today"),
        _("%(number)s at %(organization)s: more than one warning on one day. Talk with whoever has it."),
    ),
    MessageKind(
        "transfer.item",
        _("A prior school has not answered yet"),
        _("Transfer %(number)s at %(organization)s: a safety record is not answered for yet. Ask again."),
    ),
    MessageKind(
        "case.tell_staff",
        _("Tell the staff who supervise the student"),
        _(
            "Case %(number)s at %(organization)s: law enforcement has given notice. Tell the staff "
            "who supervise the student now."
        ),
    ),
    MessageKind(
        "case.new_report",
        _("A new report belongs to a case"),
        _("A new report was added to case %(number)s at %(organization)s."),
    ),
    MessageKind(
        "service.check",
        _("Ask a service again"),
        _("At %(organization)s a service has to be asked how many places are free. Open it."),
        about=kinds_of,
    ),
    MessageKind(
        "meeting.called",
        _("A team meeting is planned"),
        _("The team at %(organization)s meets. Open it to see when, and the agenda."),
    ),
    MessageKind(
        "meeting.due",
        _("The team has to meet"),
        _("The team at %(organization)s has not met in time yet. Plan a meeting, or close the minutes."),
    ),
    MessageKind(
        "meeting.decision",
        _("Something decided at a meeting is yours"),
        _("At %(organization)s something was decided that you do. Open it."),
    ),
)


def register_all() -> None:
    for kind in KINDS:
        register(kind)
