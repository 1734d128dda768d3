"""Every permission, alphabetically, as `resource:action`, and the one table that gives them to roles."""

from enum import StrEnum

from .models import Role


class Permission(StrEnum):
    ACCESS_SESSION_START = "access_session:start"
    ACCESS_SESSION_VIEW = "access_session:view"
    CASE_BREAK_GLASS = "case:break_glass"
    CASE_JOIN = "case:join"
    CASE_LIST = "case:list"
    CASE_NOTICE = "case:notice"
    CASE_OPEN = "case:open"
    CASE_READ = "case:read"
    CASE_TEAM = "case:team"
    CASE_WRITE = "case:write"
    CONNECTEDNESS_LEAD = "connectedness:lead"
    CONNECTEDNESS_MARK = "connectedness:mark"
    COVERAGE_EDIT = "coverage:edit"
    EQUITY_IMPORT = "equity:import"
    LEDGER_VERIFY = "ledger:verify"
    MEETING_VIEW = "meeting:view"
    MEETING_WRITE = "meeting:write"
    ORGANIZATION_EDIT = "organization:edit"
    ORGANIZATION_VIEW = "organization:view"
    PEOPLE_EDIT = "people:edit"
    PEOPLE_VIEW = "people:view"
    PLAN_EDIT = "plan:edit"
    PLAN_VIEW = "plan:view"
    REPORT_ASSIGN = "report:assign"
    REPORT_CLOSE = "report:close"
    REPORT_CREATE_INTAKE = "report:create_intake"
    REPORT_HOLD = "report:hold"
    REPORT_LIST = "report:list"
    REPORT_READ = "report:read"
    REPORT_WRITE = "report:write"
    SERVICE_EDIT = "service:edit"
    STATISTICS_EXPORT = "statistics:export"
    STATISTICS_VIEW = "statistics:view"
    STUDENT_IMPORT = "student:import"
    STUDENT_VIEW = "student:view"
    TRAINING_EDIT = "training:edit"
    TRAINING_VIEW = "training:view"


_DESK = frozenset(
    {
        Permission.ACCESS_SESSION_VIEW,
        Permission.ORGANIZATION_VIEW,
        Permission.PLAN_VIEW,
        Permission.REPORT_ASSIGN,
        Permission.REPORT_CLOSE,
        Permission.REPORT_CREATE_INTAKE,
        Permission.REPORT_LIST,
        Permission.REPORT_READ,
        Permission.REPORT_WRITE,
    }
)

# Whoever may be asked onto the team of a case. Reading and writing one needs a place on its team as well
# (threat_assessment.policies).
_MEMBER = frozenset(
    {
        Permission.CASE_JOIN,
        Permission.CASE_NOTICE,
        Permission.CASE_READ,
        Permission.CASE_WRITE,
        Permission.MEETING_VIEW,
    }
)
# They look up one student at a time, by name or identifier; nobody leafs through a list of students. An
# officer does not: a school's records of its students are not law enforcement's (threat-assessment.md 10).
_TEAM = _MEMBER | {Permission.CASE_OPEN, Permission.MEETING_WRITE, Permission.STUDENT_VIEW}
# Whoever may open a case in an emergency without a place on its team: for an hour, with a reason, and the
# lead is told.
_GLASS = frozenset({Permission.CASE_BREAK_GLASS})
# Whoever has to see that cases move: which there are, where they stand, and who may be asked onto a team.
_OVERSIGHT = frozenset(
    {
        Permission.CASE_LIST,
        Permission.CASE_TEAM,
        Permission.SERVICE_EDIT,
        Permission.TRAINING_EDIT,
        Permission.TRAINING_VIEW,
    }
)
# That each student has an adult: who marks whose adult they are, and who sees which students have none.
_CONNECTS = frozenset({Permission.CONNECTEDNESS_LEAD, Permission.CONNECTEDNESS_MARK})

ROLE_PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.READER: _DESK | _TEAM | {Permission.CONNECTEDNESS_MARK},
    Role.COUNSELOR: _DESK | _TEAM | _CONNECTS | {Permission.SERVICE_EDIT},
    Role.TEAM_LEAD: _DESK
    | _TEAM
    | _OVERSIGHT
    | _CONNECTS
    | {Permission.COVERAGE_EDIT, Permission.STATISTICS_VIEW},
    Role.PRINCIPAL: _DESK
    | _TEAM
    | _OVERSIGHT
    | _CONNECTS
    | _GLASS
    | {Permission.COVERAGE_EDIT, Permission.PEOPLE_VIEW, Permission.STATISTICS_VIEW},
    Role.SRO: _DESK | _MEMBER,
    Role.DISTRICT_ON_CALL: _DESK | _TEAM | _GLASS,
    Role.DISTRICT_SAFETY_LEAD: _DESK
    | _TEAM
    | _OVERSIGHT
    | _GLASS
    | {Permission.COVERAGE_EDIT, Permission.PLAN_EDIT, Permission.PEOPLE_VIEW, Permission.REPORT_HOLD}
    | {Permission.STATISTICS_EXPORT, Permission.STATISTICS_VIEW},
    Role.SUPERINTENDENT: frozenset(
        {
            Permission.ACCESS_SESSION_VIEW,
            Permission.ORGANIZATION_VIEW,
            Permission.PEOPLE_VIEW,
            Permission.PLAN_VIEW,
            Permission.REPORT_CREATE_INTAKE,
            Permission.REPORT_LIST,
            Permission.STATISTICS_EXPORT,
            Permission.STATISTICS_VIEW,
            Permission.TRAINING_VIEW,
        }
    ),
    Role.AUDITOR: frozenset(
        {
            Permission.ACCESS_SESSION_VIEW,
            Permission.LEDGER_VERIFY,
            Permission.ORGANIZATION_VIEW,
            Permission.PLAN_VIEW,
            Permission.STATISTICS_VIEW,
            Permission.TRAINING_VIEW,
        }
    ),
    # No standing access to content: an administrator opens a report only in an AccessSession.
    Role.ADMINISTRATOR: frozenset(
        {
            Permission.ACCESS_SESSION_START,
            Permission.ACCESS_SESSION_VIEW,
            Permission.COVERAGE_EDIT,
            Permission.EQUITY_IMPORT,
            Permission.LEDGER_VERIFY,
            Permission.ORGANIZATION_EDIT,
            Permission.ORGANIZATION_VIEW,
            Permission.PEOPLE_EDIT,
            Permission.PEOPLE_VIEW,
            Permission.PLAN_EDIT,
            Permission.PLAN_VIEW,
            Permission.STATISTICS_VIEW,
            Permission.STUDENT_IMPORT,
            Permission.TRAINING_EDIT,
            Permission.TRAINING_VIEW,
        }
    ),
}

# What an administrator gains at one organization while an AccessSession is open there, and nowhere below or
# above it.
ACCESS_SESSION_PERMISSIONS = frozenset({Permission.REPORT_LIST, Permission.REPORT_READ})

# Roles whose holders read reports, see which there are, or decide who does: they sign in with a second factor
# or not at all.
_READING = frozenset({Permission.PEOPLE_EDIT, Permission.REPORT_LIST, Permission.REPORT_READ})
READING_ROLES = frozenset(role for role, held in ROLE_PERMISSIONS.items() if held & _READING)
# Disciplines, for the rule that a second reader comes from another one (reporting.md 6.3).
DISCIPLINE: dict[Role, str] = {
    Role.COUNSELOR: "mental_health",
    Role.SRO: "law_enforcement",
    Role.READER: "administration",
    Role.TEAM_LEAD: "administration",
    Role.PRINCIPAL: "administration",
    Role.DISTRICT_ON_CALL: "district",
    # A field of its own: on a district's desk there is nobody but these two, and what is grave must be able
    # to end there too.
    Role.DISTRICT_SAFETY_LEAD: "safety",
}


def roles_with(permission: Permission) -> list[Role]:
    """The roles that may do this, in the order of the table."""
    return [role for role, held in ROLE_PERMISSIONS.items() if permission in held]
