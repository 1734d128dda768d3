"""What a room is for, told by its name, and what follows from it: our choices [A], which a school corrects in
the file."""

from __future__ import annotations

import re

from simex.plan import Use

WORDS: tuple[tuple[Use, str], ...] = (
    (Use.STAIRS, r"stair|escalera|treppe"),
    (
        Use.WASHROOM,
        r"wash ?room|rest ?room|toilet|bath|\bwc\b|lavator|locker|shower|bañ|\bboys\b|\bgirls\b|\brr\b",
    ),
    (Use.CORRIDOR, r"corridor|hallway|\bhall\b|passage|circulation|pasillo|gallery|breezeway"),
    (Use.LOBBY, r"lobby|foyer|entrance|entry|vestibule|atrium|commons"),
    (Use.GYM, r"\bgym|gymnasium|sports? hall|fitness|weight room|gimnasio"),
    (Use.CAFETERIA, r"cafeteria|dining|lunch|canteen|refector|cafetería|comedor"),
    (Use.LIBRARY, r"library|media cent|biblioteca|learning cent"),
    (Use.OFFICE, r"front office|main office|\boffice|reception|principal|administration|oficina"),
    (Use.STAFF, r"staff|teacher|faculty|lounge|work ?room|conference|meeting|nurse|counsel"),
    (
        Use.STORAGE,
        r"stor(age|e)|closet|janitor|custodia|utility|mechanical|electric|boiler|shaft|server|equipment|kiln|trash",
    ),
    (
        Use.CLASSROOM,
        (
            r"class "
            r"?room|\bclass\b|laborator|\blab\b|science|\bart\b|music|band|choir|kindergarten|lecture|seminar|aula|salón|pre-?k\b|"
            r"special ed|resource room|^(room |rm\.? ?)?[a-z]?\d{1,4}[a-z]?$"
        ),
    ),
)
LOCKABLE = frozenset({Use.CLASSROOM, Use.OFFICE, Use.LIBRARY, Use.STAFF, Use.GYM})
WAYS = frozenset({Use.CORRIDOR, Use.LOBBY, Use.STAIRS})  # what rooms are locked against
# Square metres of floor for each person that a room is furnished for; 9.3 is the load of business use (100
# square feet, NFPA 101 [K]).
FLOOR_M2 = {
    Use.CLASSROOM: 2.8,
    Use.CAFETERIA: 1.4,
    Use.LIBRARY: 4.6,
    Use.GYM: 9.3,
    Use.OFFICE: 9.3,
    Use.STAFF: 9.3,
    Use.OTHER: 9.3,
}


def use_of(name: str) -> Use:
    return next((use for use, words in WORDS if re.search(words, name.strip(), re.IGNORECASE)), Use.OTHER)


def capacity_of(use: Use, floor_m2: float) -> int:
    return int(floor_m2 / FLOOR_M2[use]) if use in FLOOR_M2 else 0
