"""What this room tells the rooms above, inside the transaction of the act."""

from django.dispatch import Signal

# Somebody leaves the team (`left`), or it is another school's team now (`left` is None): what they had to do
# goes to `to`, the case's lead. Sent with case, to, left, actor and line (who takes over, the nearest first).
# Answered by what each part of the case went to: {part: person}.
work_passes_on = Signal()
# Sent with case: whether something that a room above keeps is owed on, though the case is closed.
still_owed = Signal()
# Sent with person: ids of the cases in which they were given something without a place on the team.
given_outside = Signal()
# The case was told to another school. Sent with case, actor, name (of the school) and groups (of texts,
# content of case_records).
told_to_school = Signal()
# The case's key is gone; what hangs on it goes now. Sent with case and actor. Answered by how many keys more
# were destroyed.
case_destroyed = Signal()
