"""What rooms above may hear from this one. Each is sent inside the transaction of its action: a receiver that fails undoes the action."""

from django.dispatch import Signal

# An administrator opened (or closed) a time-limited look at an organization's content. Rooms above tell its desk.
# Arguments: session (AccessSession), actor (Person).
access_session_started = Signal()
access_session_ended = Signal()

# A person is leaving: roles and sessions have ended already, so whoever answers for their roles now is somebody else.
# Arguments: person (Person), actor (Person), roles (list[tuple[Role, Organization]]: what they held until now), moment (datetime).
person_leaving = Signal()

# Somebody was given a role that reads reports or decides who reads them. Rooms above tell the desk: a new reader is never silent.
# Arguments: assignment (RoleAssignment), actor (Person).
reading_role_given = Signal()

# A role ended. Arguments: assignment (RoleAssignment), actor (Person).
role_ended = Signal()

# An administrator took away a person's second factor (a lost phone). Rooms above tell the person and the desk.
# Arguments: person (Person), actor (Person).
second_factor_reset = Signal()

# An administrator touched how a reader signs in, so that the reader reads nothing until a colleague agrees. Rooms above tell the colleagues.
# Arguments: person (Person), actor (Person or None), desk (Organization).
sign_in_set_anew = Signal()

# Nobody is left who could agree: the wait ends by the clock. Rooms above tell the superintendent. Arguments: person (Person), desk (Organization).
waits_alone = Signal()

# The person reads again. Arguments: person (Person), actor (Person, or None when the clock did it).
let_back_in = Signal()
