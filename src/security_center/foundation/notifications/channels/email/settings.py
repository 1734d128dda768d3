"""SSC_EMAIL_*: the mail server, and who our e-mails come from."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from .. import Given

_ADDRESS = re.compile(r"([^<>@\r\n]*<)?[^<>@\s]+@[^<>@\s]+(?(1)>)")


def read(given: Given, *, demo: bool, data: Path) -> dict[str, Any]:
    host, port = given.text("SSC_EMAIL_HOST"), given.whole("SSC_EMAIL_PORT", 587, 1, 65535)
    options = {
        "host": host or "localhost",  # never asked while no server is named: see SSC_EMAIL_CONFIGURED
        "port": port,
        "username": given.text("SSC_EMAIL_USER"),
        "password": given.text("SSC_EMAIL_PASSWORD"),
        "use_tls": given.truth("SSC_EMAIL_TLS", default=port == 587) and port != 465,
        "use_ssl": port == 465,  # encrypted from the first byte
        "timeout": 20,
    }
    mailer = {"BACKEND": "django.core.mail.backends.smtp.EmailBackend", "OPTIONS": options}
    folder = data / "mail"
    if demo:
        mailer = {
            "BACKEND": "django.core.mail.backends.filebased.EmailBackend",
            "OPTIONS": {"file_path": str(folder)},
        }
    sender = given.text("SSC_EMAIL_FROM", "School Security Center <no-reply@localhost>")
    if not _ADDRESS.fullmatch(sender):  # or the first alert would reach nobody
        given.stop(
            f"SSC_EMAIL_FROM is “{sender}”, but it must be an address like School Security "
            "<no-reply@example.org>."
        )
    return {
        "SSC_MAIL_FOLDER": folder,
        "MAILERS": {"default": mailer},
        "DEFAULT_FROM_EMAIL": sender,
        "SSC_EMAIL_CONFIGURED": demo or bool(host),
    }
