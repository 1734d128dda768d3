from django.apps import AppConfig


class OrganizationsConfig(AppConfig):
    name = "security_center.foundation.organizations"
    label = "organizations"
    default_auto_field = "django.db.models.BigAutoField"
