"""Why a mail server did not take an e-mail, and which of it no later attempt mends. No text of the server is
kept: it may repeat an address."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ..certificates import mend_of_certificate

# What sending raises when the e-mail has to be tried again.
NOT_TAKEN = (OSError, smtplib.SMTPException)
# Somebody has to look at the mail server's settings.
_LASTING = {
    "SSLCertVerificationError": _("Mail server: its certificate is not valid"),
    **dict.fromkeys(("smtp_530", "smtp_534", "smtp_535"), _("Mail server: it refuses our name and password")),
}
PATIENCE = 10  # seconds for a mail server to answer


def code_of(error: Exception) -> str:
    """A short code: "smtp_550", "ConnectionRefusedError"."""
    if isinstance(error, smtplib.SMTPResponseException):
        return f"smtp_{error.smtp_code}"
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return next((f"smtp_{code}" for code, _text in error.recipients.values()), "smtp_refused")
    return type(error).__name__[:40]


def lasting(code: str) -> str | Promise:
    """What is wrong where no later attempt mends it, else ""."""
    return _LASTING.get(code, "")


def faults() -> Iterator[tuple[str, str]]:
    """What is wrong with the server now, each with what mends it."""
    if settings.SSC_DEMO:
        return
    options = settings.MAILERS["default"]["OPTIONS"]
    try:
        with _connected(options) as server:
            if options["use_tls"]:
                server.starttls(context=ssl.create_default_context())
            if options["username"]:
                server.login(options["username"], options["password"])
            server.noop()
    except smtplib.SMTPAuthenticationError:
        yield "The mail server refuses the name or the password.", "set SSC_EMAIL_USER and SSC_EMAIL_PASSWORD"
    except ssl.SSLCertVerificationError as error:
        yield (
            f"The mail server's certificate is not valid: {error.verify_message}.",
            mend_of_certificate(error),
        )
    except smtplib.SMTPNotSupportedError:
        wish = "no" if options["use_tls"] else "yes"
        yield (
            "The mail server answers, but does not offer what is set.",
            f"set SSC_EMAIL_TLS={wish} (STARTTLS)",
        )
    except NOT_TAKEN as error:
        place = f"{options['host']}:{options['port']}"
        yield (
            f"The mail server {place} does not answer ({type(error).__name__}).",
            "set SSC_EMAIL_HOST and SSC_EMAIL_PORT",
        )


def _connected(options: dict[str, Any]) -> smtplib.SMTP:
    if options.get("use_ssl"):
        context = ssl.create_default_context()
        return smtplib.SMTP_SSL(options["host"], options["port"], timeout=PATIENCE, context=context)
    return smtplib.SMTP(options["host"], options["port"], timeout=PATIENCE)
