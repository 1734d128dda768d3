"""What rooms above may hear from this one. Each is sent inside the transaction of its action: a receiver that
fails undoes the action."""

from django.dispatch import Signal

# An administrator opened (or closed) a time-limited look at an organization's content. Rooms above tell its
# desk. Arguments: session (AccessSession), actor (Person).
access_session_started = Signal()
access_session_ended = Signal()

# A person is leaving: roles and sessions have ended already, so whoever answers for their roles now is
# somebody else. Arguments: person (Person), actor (Person), roles (list[tuple[Role, Organization]]: what they
# held until now), moment (datetime).
person_leaving = Signal()

# Roles that read reports, or decide who reads them, are about to be given. A room above that refuses some
# answers with {position: Refusal}. Arguments: asked (list[tuple[Person, Organization, Role]]; the people of
# an import are not stored yet).
reading_roles_asked = Signal()

# They were given. Rooms above tell the desks: a new reader is never silent. Arguments: assignments
# (list[RoleAssignment]), actor (Person).
reading_roles_given = Signal()

# A role ended. Arguments: assignment (RoleAssignment), actor (Person).
role_ended = Signal()

# A school, district or state is there, or is another than before. Rooms above tell who works there: what
# children send goes by it. Arguments: organizations (list[Organization]) or organization (Organization) and
# changed (list[str], names of fields), actor (Person).
organizations_added = Signal()
organization_changed = Signal()

# A person's e-mail address is another one. Rooms above tell them, at the one of before. Arguments: person
# (Person), actor (Person), before (str).
address_changed = Signal()

# An administrator took away a person's second factor (a lost phone). Rooms above tell the person and the
# desk. Arguments: person (Person), actor (Person).
second_factor_reset = Signal()

# An administrator touched how a reader signs in, so that the reader reads nothing until a colleague agrees.
# Rooms above tell the colleagues. Arguments: person (Person), actor (Person or None), desk (Organization).
sign_in_set_anew = Signal()

# Nobody is left who could agree: the wait ends by the clock. Rooms above tell the superintendent. Arguments:
# person (Person), desk (Organization).
waits_alone = Signal()

# The person reads again. Arguments: person (Person), actor (Person, or None when the clock did it).
let_back_in = Signal()
