"""What can happen, as the numbers in the queue of events."""

from __future__ import annotations

# of a room (who: its index)
(
    ROOM_BELIEF,
    ROOM_START,
    ROOM_SWEPT,
    ROOM_DOOR,
    ROOM_HIDDEN,
    ROOM_PEER,
    ROOM_SCATTER,
    ROOM_ELECTRONIC,
    ROOM_OUTSIDE,
) = 1, 2, 3, 4, 5, 6, 7, 8, 9
# of a person (who: their index, what: a version that outdates earlier plans)
PERSON_BELIEF, PERSON_ACT, PERSON_WALK, PERSON_CROSS, ZONE_PEER = 20, 21, 22, 23, 24
# of the notification chain
OFFICE_BELIEF, ANNOUNCED, CALLED_911, POLICE_CONTACT = 40, 41, 42, 43
# of an officer (who: which of them)
OFFICER_BELIEF, OFFICER_TOLD, OFFICER_STEP = 60, 61, 62
# of the hazard
HAZARD_LEAVES, HAZARD_ARRIVES, HAZARD_ENDS = 80, 81, 82
# of the clock of the measures
MARK = 90
# of a family (who: its student)
FAMILY_COMES = 95
