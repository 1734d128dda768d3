from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "security_center.foundation.notifications"
    label = "notifications"
    default_auto_field = "django.db.models.BigAutoField"
