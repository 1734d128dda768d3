"""What the attacks on sign-in by SAML share: the provider of the district, and how a refusal looks."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from tests.cast import Cast
from tests.organizations.saml_provider import configured, goes_on

LOGIN = "/account/login/"


@pytest.fixture(autouse=True)
def _by_saml(settings: Any, cast: Cast) -> None:
    settings.SOCIALACCOUNT_PROVIDERS = configured(domains=cast.aud.email.partition("@")[2])


def is_refused(client: Client, answered: Any, sentence: str = "") -> bool:
    """Back at the sign-in page, with words, and not signed in; also after the browser has gone on where it
    was sent."""
    if "finish" in answered.headers.get("Location", ""):
        answered = goes_on(client, answered)
    assert answered.status_code == 302
    assert answered["Location"] == LOGIN
    words = " ".join(str(one) for one in get_messages(answered.wsgi_request))
    assert sentence in words
    return bool(words) and client.get("/organizations/").status_code == 302
