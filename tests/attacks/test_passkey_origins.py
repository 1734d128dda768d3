"""A passkey counts for the address of this system only. Over plain http it is taken from anywhere, so that is
for this machine's own name alone."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

ASK = "from security_center.project import settings; print(settings.MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN)"


@pytest.mark.parametrize(
    ("address", "anywhere"),
    [
        ("http://localhost:8001", "True"),
        ("http://localhost", "True"),
        ("http://localhost.evil.example", "False"),
        ("http://localhost@evil.example", ""),  # stops the start
        ("https://staff.example.org", "False"),
    ],
)
def test_only_the_machines_own_name_takes_a_passkey_without_tls(address: str, anywhere: str) -> None:
    environment = os.environ | {"SSC_STAFF_URL": address, "SSC_PROGRAM": "manage"}
    asked = subprocess.run(
        [sys.executable, "-c", ASK], env=environment, capture_output=True, text=True, check=False
    )
    assert asked.stdout.strip() == anywhere, asked.stderr
