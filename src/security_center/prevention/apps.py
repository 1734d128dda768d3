from django.apps import AppConfig


class PreventionConfig(AppConfig):
    name = "security_center.prevention"
    label = "prevention"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.utils.translation import gettext_lazy as _

        from security_center.foundation.duties.schedule import every
        from security_center.foundation.notifications.kinds import Kind, register

        from . import audiences, ladders, tasks

        audiences.register_all()
        register(
            Kind(
                ladders.WITH_DISPATCH_NUMBER,
                _("No one has answered an urgent report for %(minutes)s minutes: call dispatch"),
                _(
                    "Nobody has taken an urgent report at %(organization)s for %(minutes)s minutes. "
                    "Call police dispatch now: %(dispatch)s. Then open it."
                ),
            )
        )
        every(60, "prevention.publish_forms")(tasks.publish_forms)
