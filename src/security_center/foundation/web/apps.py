from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "security_center.foundation.web"
    label = "web"
    default_auto_field = "django.db.models.BigAutoField"
