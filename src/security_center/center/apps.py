from django.apps import AppConfig


class CenterConfig(AppConfig):
    name = "security_center.center"
    label = "center"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from security_center.foundation.web import health

        from . import menu, receivers
        from .queries import condition

        receivers.connect()
        menu.register_all()
        health.register("alerts", condition.alerts_on_time, programs=("staff",))
        health.register("mail", condition.mail_leaves, programs=("staff",))
        health.register("backup", condition.backup_is_fresh, programs=("staff",))
