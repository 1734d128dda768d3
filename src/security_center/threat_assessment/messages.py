"""The kinds of message this room sends. None carries a word of a case."""

from django.utils.translation import gettext_lazy as _

from security_center.foundation.notifications.kinds import Kind, register

KINDS = (
    Kind("case.step", _("A case needs its next step"), _("Case %(number)s at %(organization)s has to move on. Open it to see what is missing.")),
    Kind("case.imminent", _("Danger: a case needs you now"), _("Case %(number)s at %(organization)s is in imminent response. Open it now.")),
    Kind("case.practice", _("Practice: a made-up case waits for you"), _("Practice case %(number)s at %(organization)s has its next step.")),
    Kind("case.member", _("You are on the team of a case"), _("You were asked to work on case %(number)s at %(organization)s.")),
    Kind(
        "case.sign",
        _("A judgement waits for your view"),
        _("Case %(number)s at %(organization)s: please read the judgement and sign with your view."),
    ),
    Kind(
        "case.law_enforcement",
        _("Decide whether the police are told"),
        _("Case %(number)s at %(organization)s: somebody has to decide whether law enforcement is told, and write why."),
    ),
    Kind("case.action", _("A step of a safety plan is yours"), _("Case %(number)s at %(organization)s: a step of the plan is yours.")),
    Kind("case.daily", _("Confirm today’s safety step"), _("Case %(number)s at %(organization)s: confirm that today’s step was done.")),
    Kind("case.review", _("A case has to be reviewed"), _("Case %(number)s at %(organization)s is due for its review.")),
    Kind("case.close", _("A colleague asks to close a case"), _("Case %(number)s at %(organization)s: please read the reasons and answer.")),
    Kind(
        "case.placement",
        _("Days out of school need an answer"),
        _("Case %(number)s at %(organization)s: the days out of school are many. Open it and answer what follows."),
    ),
    Kind(
        "case.path",
        _("A step for the student’s safety is due"),
        _("Case %(number)s at %(organization)s: a step about self-harm or child protection waits. Open it now."),
    ),
    Kind(
        "case.outside_review",
        _("Look at the judgement of a case"),
        _("Case %(number)s at %(organization)s: please look at what its team concluded, and answer."),
    ),
    Kind(
        "case.meet",
        _("Your team meets today"),
        _("Case %(number)s at %(organization)s: a grave answer calls the team. Meet today and write down who was there."),
    ),
    Kind(
        "case.class_return",
        _("Decide whether a student goes back to class"),
        _("Case %(number)s at %(organization)s: the student stays with an adult until it is decided whether they go back to class."),
    ),
    Kind(
        "case.look_again",
        _("Look again: a student was sent away"),
        _("Case %(number)s at %(organization)s: the student is out of school now. That ends no concern; look at the case again."),
    ),
    Kind(
        "case.break_glass",
        _("A case was opened in an emergency"),
        _("Case %(number)s at %(organization)s was opened by somebody outside of its team. Open it to see who and why."),
    ),
    Kind(
        "case.inspection",
        _("A family asks to see a record"),
        _("Case %(number)s at %(organization)s: a request to see the record is to be answered."),
    ),
    Kind(
        "case.amendment", _("Somebody asks to correct a record"), _("Case %(number)s at %(organization)s: a request to correct it is to be answered.")
    ),
    Kind("case.end_near", _("A closed case is destroyed soon"), _("Case %(number)s at %(organization)s is destroyed soon. Its page says when.")),
    Kind("case.early_end", _("A colleague asks to destroy a case early"), _("Case %(number)s at %(organization)s: please read why and answer.")),
    Kind("case.new_report", _("A new report belongs to a case"), _("A new report was added to case %(number)s at %(organization)s.")),
    Kind("service.check", _("Ask a service again"), _("At %(organization)s a service has to be asked how many places are free. Open it.")),
    Kind("meeting.called", _("A team meeting is planned"), _("The team at %(organization)s meets. Open it to see when, and the agenda.")),
    Kind("meeting.due", _("The team has to meet"), _("The team at %(organization)s has not met in time yet. Plan a meeting, or close the minutes.")),
    Kind("meeting.decision", _("Something decided at a meeting is yours"), _("At %(organization)s something was decided that you do. Open it.")),
)


def register_all() -> None:
    for kind in KINDS:
        register(kind)
