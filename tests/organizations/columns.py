"""What the columns of this room hold: see tests/house/test_sealed_columns.py."""

from tests.house.columns import CODE, DIGEST, PLACE, STAFF

SEALED = {
    "access_session.reason",
}

# room.Model.column → why it may be clear
CLEAR = {
    "organizations.Invitation.*": DIGEST,
    "organizations.Organization.city": PLACE,
    "organizations.Organization.dispatch_number": PLACE,
    "organizations.Organization.external_id": "the state's public number of a school",
    "organizations.Organization.kind": CODE,
    "organizations.Organization.level": CODE,
    "organizations.Organization.name": PLACE,
    "organizations.Organization.slug": PLACE,
    "organizations.Organization.time_zone": CODE,
    "organizations.Person.*": STAFF,
    "organizations.RoleAssignment.role": CODE,
    "organizations.SignIn.browser": STAFF,
    "organizations.SignIn.session_data": (
        "sealed under the key in the browser's cookie (organizations/sessions.py)"
    ),
    "organizations.SignIn.session_key": DIGEST,
}

# Tables of which the public program's database role may read at least a column
READ_BY_PUBLIC = {"organizations_organization"}
