from django.apps import AppConfig


class DutiesConfig(AppConfig):
    name = "security_center.foundation.duties"
    label = "duties"
    default_auto_field = "django.db.models.BigAutoField"
