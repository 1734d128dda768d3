"""Who reaches the addresses of this room, and one of everything for them: see tests/house/addresses.py."""

from __future__ import annotations

from typing import Any

from tests.house.addresses import EVERYBODY, Kwargs, Row, Things

from security_center.foundation.organizations import actions as people
from security_center.foundation.organizations.models import Supervision

STAFF = {
    "organizations:security": Row("get", EVERYBODY, own=True),
    "organizations:sign_ins": Row("get", EVERYBODY, own=True),
    "organizations:access_session_end": Row("post", {"ada"}),
    "organizations:organizations": Row("get", EVERYBODY, own=True),
    "organizations:organization_add": Row("get", {"ada"}, own=True),
    "organizations:organization": Row("get", EVERYBODY),
    "organizations:access_sessions": Row("get", EVERYBODY),
    "organizations:schools_import": Row("get", {"ada"}),
    "organizations:people": Row("get", {"dana", "ivy", "omar", "ada"}, own=True),
    "organizations:person_add": Row("get", {"ada"}, own=True),
    "organizations:person": Row("get", {"dana", "ivy", "omar", "ada"}),
    "organizations:person_edit": Row("get", {"ada"}),
    "organizations:person_invite": Row("post", {"ada"}),
    "organizations:person_leave": Row("get", {"ada"}),
    "organizations:person_readmit": Row("post", {"ada"}),
    "organizations:role_give": Row("post", {"ada"}),
    "organizations:role_end": Row("post", {"ada"}),
    "organizations:second_factor_reset": Row("post", {"ada"}),
    "organizations:supervision_set": Row("post", {"ada"}),
    "organizations:supervision_remove": Row("post", {"ada"}),
}
OPEN = {"organizations:invitation"}
# A person's own sign-in and second factor.
ONES_OWN = {"organizations:second_factor", "organizations:waiting", "organizations:let_in"}


def made(things: Things) -> tuple[Any, dict[str, Kwargs]]:
    cast = things.cast
    session = people.start_access_session(
        actor=cast.ada,
        organization=cast.school_a,
        reason="A parent called and nobody is here.",
    )
    Supervision.objects.get_or_create(supervisor=cast.dana, supervised=cast.rosa)
    return None, {
        "organizations:": {
            "pk": cast.rosa.pk,
            "assignment": cast.rosa.role_assignments.get().pk,
            "supervisor": cast.dana.pk,
        },
        "organizations:access_session_end": {"pk": session.pk},
        **{f"organizations:{name}": {"pk": cast.school_a.pk} for name in ("organization", "access_sessions")},
        "organizations:schools_import": {"pk": cast.district.pk},
    }
