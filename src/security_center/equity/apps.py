from django.apps import AppConfig


class EquityConfig(AppConfig):
    name = "security_center.equity"
    label = "equity"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from security_center.foundation.duties.schedule import every

        from . import menu, messages, tasks

        messages.register_all()
        menu.register_all()
        every(3600, "equity.publish_what_is_over")(tasks.publish_what_is_over)
        every(3600, "equity.ask_to_read")(tasks.ask_to_read)
