from django.apps import AppConfig


class StudentsConfig(AppConfig):
    name = "security_center.foundation.students"
    label = "students"
    default_auto_field = "django.db.models.BigAutoField"
