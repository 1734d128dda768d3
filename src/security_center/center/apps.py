from django.apps import AppConfig


class CenterConfig(AppConfig):
    name = "security_center.center"
    label = "center"
    default_auto_field = "django.db.models.BigAutoField"
