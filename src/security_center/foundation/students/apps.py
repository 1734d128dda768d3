from django.apps import AppConfig


class StudentsConfig(AppConfig):
    name = "security_center.foundation.students"
    label = "students"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from security_center.foundation.vault import files

        from .queries.imports import files_named

        files.named_by(files_named)
