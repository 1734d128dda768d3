"""Behind a proxy every visitor comes from the proxy's one address: sign-ins must be counted by the address
that the proxy names."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

from django.test import Client
from tests.cast import PASSWORD, Cast

from security_center.foundation.organizations.models import Person

LOGIN = "/account/login/"


def signs_in(person: Person, **arguments: Any) -> Any:
    return Client(**arguments).post(LOGIN, {"login": person.email, "password": PASSWORD})


def test_a_stranger_who_floods_the_sign_in_keeps_nobody_else_out(cast: Cast, settings: Any) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    stranger = Client(headers={"X-Forwarded-For": "203.0.113.9"})
    for number in range(31):
        answer = stranger.post(LOGIN, {"login": f"somebody{number}@example.org", "password": ""})
    assert answer.status_code == 429
    assert signs_in(cast.rosa, headers={"X-Forwarded-For": "198.51.100.4"}).status_code == 302


def test_a_stranger_does_not_escape_the_count_by_naming_addresses_of_their_own(
    cast: Cast, settings: Any
) -> None:
    """The proxy puts the true address last."""
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    for number in range(31):
        stranger = Client(headers={"X-Forwarded-For": f"192.0.2.{number}, 203.0.113.9"})
        answer = stranger.post(LOGIN, {"login": f"somebody{number}@example.org", "password": ""})
    assert answer.status_code == 429


def test_only_a_start_behind_a_proxy_believes_the_proxys_header(tmp_path: Any) -> None:
    ask = (
        "from security_center.project import settings; print(getattr(settings, "
        "'ALLAUTH_TRUSTED_PROXY_COUNT', 0))"
    )
    found = []
    for behind in ("yes", "no"):
        environment = {
            **os.environ,
            "SSC_DATA": str(tmp_path),
            "SSC_BEHIND_TLS_PROXY": behind,
            "PYTHONPATH": "src",
        }
        found.append(
            subprocess.run(
                [sys.executable, "-c", ask], env=environment, capture_output=True, text=True, check=True
            ).stdout.strip()
        )
    assert found == ["1", "0"]
