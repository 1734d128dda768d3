from django.apps import AppConfig


class OrganizationsConfig(AppConfig):
    name = "security_center.foundation.organizations"
    label = "organizations"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from . import sign_in_records

        sign_in_records.connect()
