"""Every change to organizations, people and what they may do. One function each, keyword-only, with
`actor=`."""

from .access import AccessTooLong, ReasonMissing, end_access_session, start_access_session
from .invitations import (
    DAYS as INVITATION_DAYS,
)
from .invitations import (
    InvitationExpired,
    InvitationUnknown,
    InvitationUsed,
    PersonHasLeft,
    accept_invitation,
    first_administrator_link,
    invite,
    open_invitation,
    use_reset_link,
)
from .organizations import (
    NameTaken,
    SlugTaken,
    UnknownTimeZone,
    WrongParent,
    change_organization,
    create_organization,
)
from .people import (
    AddressTaken,
    add_person,
    change_language,
    change_person,
    end_other_sign_ins,
    leave,
    readmit,
    reset_second_factor,
)
from .people_import import import_people, invite_all, send_invitations
from .readmission import let_in, look_after_those_who_wait
from .roles import (
    AlreadyHolds,
    LastAdministrator,
    NotForYourself,
    SupervisionCircle,
    assign_role,
    end_role,
    remove_supervision,
    set_supervision,
)
from .school_import import FaultyRows, WouldEnter, check_districts, import_districts, import_schools

__all__ = [
    "INVITATION_DAYS",
    "AccessTooLong",
    "AddressTaken",
    "AlreadyHolds",
    "FaultyRows",
    "InvitationExpired",
    "InvitationUnknown",
    "InvitationUsed",
    "LastAdministrator",
    "NameTaken",
    "NotForYourself",
    "PersonHasLeft",
    "ReasonMissing",
    "SlugTaken",
    "SupervisionCircle",
    "UnknownTimeZone",
    "WouldEnter",
    "WrongParent",
    "accept_invitation",
    "add_person",
    "assign_role",
    "change_language",
    "change_organization",
    "change_person",
    "check_districts",
    "create_organization",
    "end_access_session",
    "end_other_sign_ins",
    "end_role",
    "first_administrator_link",
    "import_districts",
    "import_people",
    "import_schools",
    "invite",
    "invite_all",
    "leave",
    "let_in",
    "look_after_those_who_wait",
    "open_invitation",
    "readmit",
    "remove_supervision",
    "reset_second_factor",
    "send_invitations",
    "set_supervision",
    "start_access_session",
    "use_reset_link",
]
