from django.apps import AppConfig


class VaultConfig(AppConfig):
    name = "security_center.foundation.vault"
    label = "vault"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from security_center.foundation.vault import checks  # noqa: F401  (registers the system checks)
