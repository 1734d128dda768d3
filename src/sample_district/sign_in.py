"""How to sign in to the sample district: one password, a one-time code per person. For `./ssc demo` only,
which answers on this machine alone."""

from __future__ import annotations

import json
import os
import secrets
import shlex
from pathlib import Path

from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.conf import settings
from django.contrib.auth.hashers import make_password

from security_center.foundation.organizations.models import Person, Role

from .district import SampleDistrict


def file() -> Path:
    return Path(settings.SSC_DATA) / "demo-sign-in.json"


def prepare(sample: SampleDistrict) -> None:
    """Give everybody the same made-up password and a second factor of their own, and write down how to sign
    in."""
    password = f"demo-{secrets.token_hex(4)}-{secrets.token_hex(3)}"
    Person.objects.filter(pk__in=[person.pk for person in sample.people.values()]).update(
        password=make_password(password)
    )
    people = []
    for person, role, organization in sample.roles:
        secret = secrets.token_bytes(20)
        TOTP.activate(person, _base32(secret))
        codes = RecoveryCodes.activate(person).get_unused_codes()
        people.append(
            {
                "email": person.email,
                "name": person.name,
                "role": role.value,
                "place": organization.name,
                "secret": _base32(secret),
                "recovery_codes": codes[:3],
            }
        )
    descriptor = os.open(file(), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as handle:
        json.dump({"password": password, "people": people}, handle, ensure_ascii=False, indent=1)


def _base32(secret: bytes) -> str:
    import base64

    return base64.b32encode(secret).decode("ascii")


def code_now(secret: str) -> str:
    """The six digits an authenticator app would show now."""
    counter = next(iter(yield_hotp_counters_from_time()))
    return str(format_hotp_value(hotp_value(secret, counter)))


def lines() -> list[str]:
    """What `demo` prints: who signs in how."""
    kept = json.loads(file().read_text(encoding="utf-8"))
    elsewhere = (
        ""
        if settings.SSC_DATA == settings.REPOSITORY / "demo-data"
        else f"--data {shlex.quote(str(settings.SSC_DATA))} "
    )
    rows = [
        "",
        "Sample district (everything in it is invented). Sign in at " + settings.SSC_STAFF_URL + "/ with",
        f"  password for everybody:  {kept['password']}",
        "  one-time code: the code shown (good for 30 seconds), a recovery code (good once), or a fresh one:",
        f"                          ./ssc manage {elsewhere}demo_code NAME",
        "",
        f"  {'sign-in name':<38}{'code now':<10}{'recovery code':<15}role",
    ]
    for person in kept["people"]:
        sign_in = f"  {person['email']:<38}{code_now(person['secret']):<10}{person['recovery_codes'][0]:<15}"
        rows += [f"{sign_in}{Role(person['role']).label}, {person['place']}"]
    rows += ["", f"  Report as a student would:  {settings.SSC_PUBLIC_URL}/report/lincoln-middle/", ""]
    return rows


def code_for(name: str) -> str | None:
    """A fresh code for the person whose sign-in name or name contains `name`; None when nobody fits."""
    kept = json.loads(file().read_text(encoding="utf-8"))
    wanted = name.strip().lower()
    for person in kept["people"]:
        if wanted in person["email"].lower() or wanted in person["name"].lower():
            return f"{person['email']}  {code_now(person['secret'])}"
    return None
