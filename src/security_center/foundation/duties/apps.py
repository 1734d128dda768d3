from typing import TYPE_CHECKING, Any

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from security_center.foundation.organizations.models import Person


def hand_over_duties_of_leaving(person: "Person", actor: "Person", **_signal: Any) -> None:
    """In the same transaction as the departure: nobody is gone while a duty still rests with them."""
    from .actions import leave

    leave(person=person, actor=actor)


class DutiesConfig(AppConfig):
    name = "security_center.foundation.duties"
    label = "duties"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from security_center.foundation import counters
        from security_center.foundation.notifications.kinds import MessageKind, register
        from security_center.foundation.organizations import signals
        from security_center.foundation.organizations.tasks import (
            forget_expired_sign_ins,
            look_after_those_who_wait,
        )
        from security_center.foundation.sqlite import damage
        from security_center.foundation.sqlite.journal import empty_journal
        from security_center.foundation.students.tasks import settle_old_imports
        from security_center.foundation.timekeeping.actions import forget_gone

        from . import heartbeat, ledger_watch, queue, schedule
        from .actions import GENERAL_KIND, HANDED_OVER_KIND, LEFT_KIND
        from .time_watch import CLOCK_JUMPED

        register(
            MessageKind(
                name=GENERAL_KIND,
                subject=_("You have a duty"),
                line=_("You have a duty at %(organization)s."),
            )
        )
        register(
            MessageKind(
                name=HANDED_OVER_KIND,
                subject=_("A duty was handed over to you"),
                line=_("A duty at %(organization)s was handed over to you."),
            )
        )
        register(
            MessageKind(
                name=LEFT_KIND,
                subject=_("An alert reaches nobody who may answer it"),
                line=_(
                    "At %(organization)s nobody is left for the alert about %(number)s. Give "
                    "somebody a role there who can answer."
                ),
            )
        )
        register(
            MessageKind(
                name=CLOCK_JUMPED,
                subject=_("The system’s clock jumped"),
                line=_(
                    "Alerts go on. Nothing is destroyed or published until the time is right again. "
                    "An administrator finds on the first page what to do."
                ),
            )
        )
        signals.person_leaving.connect(hand_over_duties_of_leaving, dispatch_uid="duties_of_leaving")
        register(ledger_watch.BROKEN)
        schedule.every(60, "ledger.sign_head")(ledger_watch.sign)
        schedule.every(6 * 3600, "ledger.verify_whole")(ledger_watch.verify_whole)
        schedule.every(3600, "sqlite.look_for_damage")(damage.look)
        schedule.every(60, "sqlite.empty_journal")(empty_journal)
        schedule.every(86_400, "students.settle_old_imports")(settle_old_imports)
        schedule.every(900, "duties.prune_tasks")(queue.prune)
        schedule.every(900, "duties.forget_counters")(counters.forget_expired)
        schedule.every(60, "organizations.look_after_those_who_wait")(look_after_those_who_wait)
        schedule.every(900, "organizations.forget_sign_ins")(forget_expired_sign_ins)
        schedule.every(3600, "duties.forget_heartbeats")(heartbeat.forget_old)
        schedule.every(86_400, "duties.forget_gone_machines")(forget_gone)
