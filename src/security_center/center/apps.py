from django.apps import AppConfig


class CenterConfig(AppConfig):
    name = "security_center.center"
    label = "center"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from . import menu, receivers

        receivers.connect()
        menu.register_all()
