"""The plans of the sample district: its own in two versions, and one school's, with its own team and stricter
than the district's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from security_center.foundation.organizations.models import Organization, Person, Role
from security_center.prevention import actions as prevention

if TYPE_CHECKING:
    from .district import SampleDistrict

BOARD = "Board of Education"
TIGHTENED = "lincoln-middle"
NAMES = {
    "leader": "the director of safety",
    "alternate": "student services, on call",
    "interviewer": "the school counselor",
    "recorder": "the assistant principal",
    "police_contact": "the school resource officer, else the police dispatch",
    "leader_es": "la directora de seguridad",
    "alternate_es": "servicios estudiantiles, de guardia",
    "interviewer_es": "la consejera o el consejero de la escuela",
    "recorder_es": "la subdirección",
    "police_contact_es": "el oficial escolar o, si no está, la central de policía",
}
OWN_CLIMATE = {
    "en": [
        (
            "Each student has at least one adult at school whom they trust. Twice a year every homeroom "
            "checks that no student is left out."
        ),
        (
            "We tell students that speaking up is caring for each other, not snitching. Older students "
            "say it to younger ones."
        ),
        "Each school has a lunch table where anybody is welcome.",
    ],
    "es": [
        (
            "Cada estudiante tiene al menos un adulto de confianza en la escuela. Dos veces al año cada "
            "salón verifica que nadie quede fuera."
        ),
        (
            "Decimos a los estudiantes que hablar es cuidarse entre todos, no delatar. Los mayores se "
            "lo dicen a los menores."
        ),
        "En cada escuela hay una mesa del comedor donde todos son bienvenidos.",
    ],
}
# What a school's people bring to the team of its plan: expertise → who, who steps in.
SCHOOL_TEAM = {
    "administration": (Role.TEAM_LEAD, Role.PRINCIPAL),
    "instruction": (Role.READER, Role.TEAM_LEAD),
    "coaching": (Role.READER, Role.PRINCIPAL),
    "counseling": (Role.COUNSELOR, Role.READER),
    "mental_health": (Role.COUNSELOR, Role.TEAM_LEAD),
}


def adopt(sample: SampleDistrict, district: Organization, lead: Person, **reporting: Any) -> None:
    """The starting plan as it is, and then the district's own: with words, names and a shorter time before
    the police are told."""
    prevention.adopt_plan(actor=sample.fresh(lead), organization=district, adopted_for=BOARD, **reporting)
    _save(sample, district, lead, "climate", paragraphs=OWN_CLIMATE, public=True)
    _save(sample, district, lead, "team", names=NAMES, team=_district_team(sample, district))
    _save(sample, district, lead, "le_threshold", threshold_minutes={"le_weapon_access": 20})
    prevention.adopt_draft(
        actor=sample.fresh(lead), organization=district, adopted_for=BOARD, decided_on=district.today()
    )


def tighten_one_school(sample: SampleDistrict, lead: Person) -> None:
    """One school has named its own team and gives itself less time."""
    school = sample.schools[TIGHTENED]
    team = [_row(sample, school, expertise, *who) for expertise, who in SCHOOL_TEAM.items()]
    holders = {
        name: sample.holder(role, school)
        for name, role in (("leader", Role.TEAM_LEAD), ("alternate", Role.PRINCIPAL))
    }
    given = {f"{name}{end}": str(person) for name, person in holders.items() for end in ("", "_es")}
    _save(sample, school, lead, "team", names={**NAMES, **given}, team=team)
    _save(
        sample,
        school,
        lead,
        "le_threshold",
        threshold_minutes={"le_weapon_access": 10, "le_attack_thinking": 10},
    )
    prevention.adopt_draft(actor=sample.fresh(lead), organization=school, adopted_for=BOARD)


def _save(sample: SampleDistrict, place: Organization, lead: Person, step: str, **values: Any) -> None:
    prevention.save_step(actor=sample.fresh(lead), organization=place, step=step, seen=0, **values)


def _district_team(sample: SampleDistrict, district: Organization) -> list[dict[str, Any]]:
    who = (Role.DISTRICT_SAFETY_LEAD, Role.DISTRICT_ON_CALL)
    return [_row(sample, district, expertise, *who) for expertise in SCHOOL_TEAM]


def _row(
    sample: SampleDistrict, place: Organization, expertise: str, role: Role, steps_in: Role
) -> dict[str, Any]:
    person, alternate = sample.holder(role, place), sample.holder(steps_in, place)
    if person is None or alternate is None:
        raise RuntimeError(f"The sample place {place.slug} has no {role} or {steps_in}.")
    return {
        "expertise": expertise,
        "person": person.pk,
        "name": person.name,
        "alternate": alternate.pk,
        "alternate_name": alternate.name,
    }
