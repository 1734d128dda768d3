from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NotificationsConfig(AppConfig):
    name = "security_center.foundation.notifications"
    label = "notifications"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from . import kinds
        from .actions import TEST_ALERT

        kinds.register(
            kinds.MessageKind(
                name=TEST_ALERT,
                subject=_("Test alert: please confirm"),
                line=_("This is a test. Press its button, so that we know that alerts reach you."),
            )
        )
