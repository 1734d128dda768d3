"""What the worker does for this room."""

from __future__ import annotations

from email.utils import make_msgid
from urllib.parse import urlparse

from allauth.account import app_settings
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.cache import cache
from django.core.mail import EmailMessage
from django.tasks import task
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from .models import Person
from .sessions import SessionStore

SECONDS_BETWEEN_LINKS = 600


@task()
def send_password_link(person_id: int) -> None:
    """Send the link with which a person sets a new password. The token is made here, so that it is never
    stored in a queue."""
    person = Person.objects.filter(pk=person_id, is_active=True).first()
    if person is None or not person.has_usable_password():
        return
    # Whoever asks again and again fills a mailbox; nobody is kept out, since the link that was sent is the
    # person's own to use.
    if not cache.add(f"password-link:{person.pk}", True, SECONDS_BETWEEN_LINKS):
        return
    token = app_settings.PASSWORD_RESET_TOKEN_GENERATOR().make_token(person)
    path = reverse(
        "account_reset_password_from_key",
        kwargs={"uidb36": user_pk_to_url_str(person), "key": token},
        urlconf=settings.STAFF_URLCONF,
    )
    with translation.override(person.language or settings.LANGUAGE_CODE):
        body = render_to_string(
            "organizations/email/password_link.txt", {"person": person, "link": settings.SSC_STAFF_URL + path}
        )
        subject = translation.gettext("School Security Center: set a new password")
    _mail(person, subject, body)


@task()
def send_invitation(person_id: int, actor_id: int) -> None:
    """Send somebody who has no password yet the one-time link with which they set it. The link is made here,
    so that no queue ever holds it."""
    from . import actions

    person = Person.objects.filter(pk=person_id, is_active=True).first()
    actor = Person.objects.filter(pk=actor_id, is_active=True).first()
    if person is None or actor is None or person.has_usable_password():
        return
    path = actions.invite(actor=actor, person=person)
    with translation.override(person.language or settings.LANGUAGE_CODE):
        link = settings.SSC_STAFF_URL + path
        body = render_to_string(
            "organizations/email/invitation.txt",
            {"person": person, "link": link, "days": actions.INVITATION_DAYS},
        )
        subject = translation.gettext("School Security Center: set your password")
    _mail(person, subject, body)


def _mail(person: Person, subject: str, body: str) -> None:
    # Django's own would name this machine, and filters take a mail from `localhost` for junk.
    named = make_msgid(domain=urlparse(settings.SSC_STAFF_URL).hostname or "localhost")
    EmailMessage(subject=subject, body=body, to=[person.email], headers={"Message-ID": named}).send()


def forget_expired_sign_ins() -> None:
    """A periodic job: what has ended is in no table within the hour."""
    SessionStore.clear_expired()


def look_after_those_who_wait() -> None:
    """A periodic job: readers who wait for a colleague where none is left."""
    from . import actions

    actions.look_after_those_who_wait()
