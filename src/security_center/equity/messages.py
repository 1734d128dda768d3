"""The kind of message this room sends."""

from django.utils.translation import gettext_lazy as _

from security_center.foundation.notifications.kinds import MessageKind, register

READ = "equity.read"


def register_all() -> None:
    register(
        MessageKind(
            READ,
            _("Read the equity figures"),
            _("The figures of %(organization)s wait to be read: who is referred, and what comes of it."),
        )
    )
