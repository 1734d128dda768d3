from django.apps import AppConfig


class TimekeepingConfig(AppConfig):
    name = "security_center.foundation.timekeeping"
    label = "timekeeping"
    default_auto_field = "django.db.models.BigAutoField"
