from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DutiesConfig(AppConfig):
    name = "security_center.foundation.duties"
    label = "duties"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from security_center.foundation.ledger.actions import sign_head
        from security_center.foundation.notifications.kinds import Kind, register

        from . import heartbeat, queue, schedule
        from .actions import GENERAL_KIND, LEFT_KIND

        register(Kind(name=GENERAL_KIND, subject=_("You have a duty"), line=_("You have a duty at %(organization)s.")))
        register(Kind(name=LEFT_KIND, subject=_("A duty was handed over to you"), line=_("A duty at %(organization)s was handed over to you.")))
        schedule.every(60, "ledger.sign_head")(sign_head)
        schedule.every(3600, "duties.prune_tasks")(queue.prune)
        schedule.every(3600, "duties.forget_heartbeats")(heartbeat.forget_old)
