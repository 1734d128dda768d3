from django.apps import AppConfig


class PreventionConfig(AppConfig):
    name = "security_center.prevention"
    label = "prevention"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.utils.translation import gettext_lazy as _

        from security_center.foundation.duties.schedule import every
        from security_center.foundation.notifications.kinds import MessageKind, register

        from . import audiences, ladders, people_gaps, plan_gaps, receivers, tasks
        from .actions import connecting
        from .actions import coverage as coverage_actions

        audiences.register_all()
        plan_gaps.register_all()
        people_gaps.register_all()
        register(
            MessageKind(
                ladders.WITH_DISPATCH_NUMBER,
                _("No one has answered an urgent report for %(minutes)s minutes: call dispatch"),
                _(
                    "Nobody has taken an urgent report at %(organization)s for %(minutes)s minutes. "
                    "Call police dispatch now: %(dispatch)s. Then open it."
                ),
            )
        )
        register(
            MessageKind(
                connecting.FOLLOW_UP,
                _("Some students have no adult yet"),
                _(
                    "At %(organization)s some students have no adult whom they trust. Open the "
                    "list, and find somebody for each."
                ),
            )
        )
        register(
            MessageKind(
                coverage_actions.PROOF_RUNS_OUT,
                _("Test alerts have to be confirmed again"),
                _(
                    "At %(organization)s readers were asked to confirm a test alert. A form closes "
                    "when no reader has done so in 120 days."
                ),
            )
        )
        receivers.connect()
        every(60, "prevention.publish_forms")(tasks.publish_forms)
        every(86400, "prevention.remind_of_proofs")(tasks.remind_of_proofs)
