from django.apps import AppConfig


class TrainingConfig(AppConfig):
    name = "security_center.training"
    label = "training"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.utils.translation import gettext_lazy as _

        from security_center.foundation.duties.schedule import every
        from security_center.foundation.notifications.kinds import MessageKind, register

        from . import actions, receivers, tasks, team_gaps

        team_gaps.register_all()
        register(
            MessageKind(
                actions.RUNS_OUT,
                _("A training for the team runs out"),
                _(
                    "At %(organization)s the training of somebody who works on cases has run out or "
                    "soon will. Open it to see whose, and what to do."
                ),
            )
        )
        register(
            MessageKind(
                actions.END_NEAR,
                _("Records of trainings are destroyed in a week"),
                _("The time of old records of trainings at %(organization)s ends in a week."),
            )
        )
        receivers.connect()
        # As they were called before this room was one.
        every(86400, "prevention.end_trainings")(tasks.end_trainings)
        every(6 * 3600, "prevention.ask_for_trainings")(tasks.ask_for_trainings)
