"""Every address of both programs, read from the URL tables, and one thing of each kind in the first district to put into them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.urls import URLResolver, get_resolver
from tests.house import privacy_things
from tests.reporting.acts import Valley, fresh
from tests.reporting.test_intake import upload
from tests.students.people import Register
from tests.threat_assessment.team import SCREEN, Team

from security_center.equity.actions import importing
from security_center.foundation.organizations import actions as people
from security_center.foundation.organizations.models import Supervision
from security_center.foundation.students.actions import enter_student
from security_center.prevention import actions as plan_actions
from security_center.prevention.actions import connecting
from security_center.prevention.actions import training as training_actions
from security_center.reporting.actions import decisions, desk, groups, handoffs, subjects
from security_center.threat_assessment.actions import (
    closing,
    deciding,
    departing,
    files,
    holding,
    incoming,
    inquiry,
    leading,
    meetings,
    moving,
    outside,
    paths,
    removing,
    screening,
    services,
    transferring,
)
from security_center.threat_assessment.models import Case

Kwargs = dict[str, Any]


def addresses(resolver: URLResolver, namespace: str = "", above: tuple[str, ...] = ()) -> Iterator[tuple[str, tuple[str, ...]]]:
    """(name, names of its arguments) of every address."""
    for pattern in resolver.url_patterns:
        arguments = (*above, *(pattern.pattern.converters or getattr(pattern.pattern.regex, "groupindex", ())))
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern, f"{pattern.namespace}:" if pattern.namespace else namespace, arguments)
        else:
            yield f"{namespace}{pattern.name}", arguments


def public_names() -> dict[str, tuple[str, ...]]:
    return dict(addresses(get_resolver(settings.PUBLIC_URLCONF)))


def staff_names() -> dict[str, tuple[str, ...]]:
    return dict(addresses(get_resolver(settings.STAFF_URLCONF)))


class Things:
    """One of everything, made by acts, and the arguments that an address needs for it."""

    def __init__(self, valley: Valley) -> None:
        cast, rosa = valley.cast, valley.cast.rosa
        self.cast, self.valley = cast, valley
        self.cases: dict[str, Case] = {}
        report = valley.report("He has a gun in his bag", files=[upload()])
        desk.look(actor=rosa, report=report)
        desk.acknowledge(actor=rosa, report=report)
        mention = subjects.name_subject(actor=rosa, report=fresh(report), name="Sam Doe")
        decisions.decide(actor=rosa, report=fresh(report), actions=["counseling"], validity="plausible", considered="Talked.")
        approval = decisions.close(actor=rosa, report=fresh(report), reason="Done.")
        given_away = valley.taken()
        handoff = handoffs.hand_to_desk(actor=rosa, report=given_away, to_desk=cast.district, reason="It is theirs.")
        grouped = valley.report("The picture again.")
        group = groups.open_group(actor=rosa, desk=cast.school_a, title="A rumor", reports=[grouped])
        session = people.start_access_session(actor=cast.ada, organization=cast.school_a, reason="A parent called and nobody is here.")
        Supervision.objects.get_or_create(supervisor=cast.dana, supervised=rosa)
        today = valley.at.date()
        holiday = plan_actions.add_holiday(actor=None, organization=cast.school_a, first_day=today, last_day=today, name="Snow")
        absence = plan_actions.add_absence(
            actor=None, organization=cast.school_a, person=rosa, starts_at=valley.at + timedelta(days=9), ends_at=valley.at + timedelta(days=10)
        )
        enter_student(actor=None, school=cast.school_a, identifier="70001", name="Kim Roe", grade="9")
        check = connecting.begin_check(actor=None, school=cast.school_a)
        coaches = training_actions.Group("All coaches", 4, 6)
        (taught,) = training_actions.enter_training(actor=None, place=cast.school_a, kind="reporting", trained_on=today, group=coaches)
        student_file = Register(valley).send("id,name,grade,school\n100,Ann Lee,9,Maple High School\n101,Bo Roe,x,Maple High School\n")
        for minutes in (20, 10):  # two versions to compare
            plan_actions.adopt_plan(actor=None, organization=cast.school_a, threshold_minutes={"le_weapon_access": minutes})
        self.by_argument: Kwargs = {
            "number": report.number,
            "subject": mention.subject.pk,
            "file": report.attachments.get().uuid,
            "slug": cast.school_a.slug,
            "channel": "phone",
            "provider_id": "district",  # of sign-in with the district's accounts, by OpenID Connect and by SAML
            "organization_slug": "district",
            "audience": "families",
            "key": "worker",
            "assignment": rosa.role_assignments.get().pk,
            "supervisor": cast.dana.pk,
            "pk": rosa.pk,
            "theme": "motive",
            "section": "concern",
            "receiver": "police",
            "to": "assessing",
            "step": "evaluate",
            "measure": "papers",
            "standing": "met",
        }
        # A confidential report, whose writer two custodians may look up; and what a page has to be sent to do anything.
        confidential = valley.report(actor=cast.dana, channel="staff", mode="confidential", reporter_name="Dana Price")
        self.sent: dict[str, dict[str, str]] = {"reporting:group_remove": {"report": grouped.number}}
        self.by_name: dict[str, Kwargs] = {
            "reporting:report_approval": {"pk": approval.uuid},  # type: ignore[union-attr]
            **{f"reporting:report_identity{verb}": {"number": confidential.number} for verb in ("", "_grant")},
            "reporting:handoff": {"pk": handoff.uuid},
            "prevention:step": {"step": "team"},
            "prevention:holiday_remove": {"pk": holiday.pk},
            "prevention:absence_remove": {"pk": absence.pk},
            "organizations:access_session_end": {"pk": session.pk},
            **{f"reporting:group{verb}": {"pk": group.uuid} for verb in ("", "_add", "_answer", "_close", "_line", "_remove")},
            **{f"organizations:{name}": {"pk": cast.school_a.pk} for name in ("organization", "access_sessions")},
            **{f"prevention:connectedness_{verb}": {"pk": check.uuid, "grade": "9"} for verb in ("check", "end", "grade", "pairs", "without")},
            **{f"prevention:training_{verb}": {"kind": "reporting"} for verb in ("add", "kind", "paste")},
            "prevention:training_rule": {"slug": cast.district.slug},
            "prevention:training_withdraw": {"pk": taught.uuid},
            "organizations:schools_import": {"pk": cast.district.pk},
            **{f"students:import{verb}": {"pk": student_file.uuid} for verb in ("", "_apply", "_discard", "_undo")},
            **{f"students:{name}": {"slug": cast.district.slug} for name in ("register", "enter", "import_new")},
            **{name: {"slug": cast.district.slug} for name in staff_names() if name.startswith("center:set_up_")},
            **{f"equity:import{verb}": {"pk": self._file_of_protected_fields()} for verb in ("", "_undo", "_use")},
        }

    def _file_of_protected_fields(self) -> object:
        if not hasattr(self, "_file"):
            text = "student_id,race,disability,english_learner,gender\n4711,white,,,"
            self._file = importing.send(actor=self.cast.ada, district=self.cast.district, kind="protected", text=text).uuid
        return self._file

    def with_cases(self) -> None:
        """Cases in several states. Made when the first address of a case is asked for: it takes a hundred acts."""
        if self.cases:
            return
        self.valley.set_clock(self.valley.at)
        team, tess, ben = Team(self.valley), self.cast.tess, self.cast.ben
        screened = moving.advance(actor=tess, case=team.open(), to="screening")
        ending = moving.advance(actor=tess, case=team.open(), to="screening")
        for person in (tess, ben):
            screening.screen(actor=person, case=ending, **{**SCREEN, "view": "unfounded"})
        closure = closing.ask_to_close(actor=ben, case=ending, reason="unfounded", text="It was a line of a song.")
        imminent, managed = team.imminent(), team.managed()
        source = managed.sources.filter(kind="student_of_concern").get()
        (photo,) = files.add_files(actor=tess, case=managed, source=source, uploads=[upload()], shows="A drawing.")
        interview = inquiry.begin_interview(actor=tess, case=managed, source=source, place="Room 4")
        paths.suspect_abuse(actor=tess, case=managed, suspected="other")
        grave = team.open(concern="He says he will kill someone.")
        outside.ask_outside(actor=tess, case=grave)
        away = removing.add_removal(actor=tess, case=managed, kind="expulsion", first_day=self.valley.at.date(), last_day=None)
        for version, quotes in ((1, "“I was angry.”"), (2, "“I was angry, and I am sorry.”")):
            inquiry.save_interview(actor=tess, case=managed, interview=interview, version=version, quotes=quotes, notes="")
        holding.hold(actor=tess, case=screened, reason="His mother is away.", days=1)
        holding.end_hold(actor=tess, case=screened)
        waits = holding.hold(actor=tess, case=screened, reason="She is away longer.", days=1)
        leading.offer_lead(actor=tess, case=screened, to=ben)
        self.cases = {"screened": screened, "ending": ending, "imminent": imminent, "managed": managed}
        self.meeting = meetings.call_meeting(actor=tess, place=self.valley.school, starts_at=self.valley.at + timedelta(hours=1))
        decided = deciding.decide(actor=tess, meeting=self.meeting, what="Ask.", owner=ben, due_on=self.valley.at.date())
        for part in ("meeting", "meeting_change", "meeting_hold", "meeting_minutes", "decision", "decision_new"):
            self.by_name[f"threat_assessment:{part}"] = {"pk": self.meeting.uuid, "decision": decided.uuid}
        service = services.enter_service(actor=ben, district=self.cast.district, kind="counseling", name="County counseling")
        self.by_name["threat_assessment:service"] = {"pk": service.uuid}
        left = departing.note_departure(actor=tess, case=managed, kind="suspended", note="Three days, until Friday.")
        said = incoming.enter_incoming(actor=tess, school=self.valley.school, kind="concern", says="He cried.", teller="Mr. Webb", student="Kim Roe")
        leaving = team.handed(self.cast.school_elsewhere)
        self.cases = {"leaving": leaving, "screened": screened, "ending": ending, "imminent": imminent, "managed": managed}
        rows = {
            "meeting_case": (managed, self.meeting.uuid),
            "law_enforcement_decide": (imminent, imminent.law_enforcement.get().uuid),
            "law_enforcement_acknowledged": (imminent, imminent.law_enforcement.get().uuid),
            "case_subject_confirm": (screened, Register(self.valley).enter("Ann Roe", identifier="house").uuid),
            "close_answer": (ending, closure.uuid),
            "hold_answer": (screened, waits.uuid),
            **{f"departure{part}": (managed, left.uuid) for part in ("", "_contact_made", "_look_again")},
            **{f"file_{verb}": (managed, photo.uuid) for verb in ("clean", "isolate", "original", "state")},
            "file_add": (managed, source.uuid),
            "interview": (managed, interview.uuid),
            "interview_keep": (managed, interview.uuid),
            "judgement_sign": (managed, managed.judgements.get().uuid),
            "action": (managed, managed.plan.actions.get().pk),
            "action_confirm": (managed, managed.plan.actions.get().pk),
            "source": (managed, source.uuid),
            "interview_begin": (managed, source.uuid),
            "outside_review": (grave, grave.outside_reviews.get().uuid),
            "path_step": (managed, managed.path_steps.get().uuid),
            "placement": (managed, managed.placement_questions.get().uuid),
            "removal_end": (managed, away.uuid),
        }
        for name, wanted in staff_names().items():
            if name.startswith("threat_assessment:") and "number" in wanted:
                part = name.removeprefix("threat_assessment:")
                state = {
                    "case": "screened",
                    "handoff": "leaving",
                    "hold": "screened",
                    "lead": "screened",
                    "imm": "imminent",
                    "called": "imminent",
                    "class": "imminent",
                    "law": "imminent",
                    "close": "ending",
                }
                case = self.cases[next((kept for start, kept in state.items() if part.startswith(start)), "managed")]
                case, pk = rows.get(part, (case, 0))
                self.by_name[name] = {"number": case.number, "pk": pk, "file": pk}
        self.by_name |= privacy_things.made(self.cast, managed, team.open())
        comes = transferring.begin_transfer(actor=tess, school=self.valley.school, student="Kim Roe", prior_school="Lakeside")
        for part in ("", "_complete", "_item", "_open"):
            self.by_name[f"threat_assessment:transfer{part}"] = {"pk": comes.uuid, "key": "discipline"}
        for part in ("heard", "no_case", "one", "open", "place", "take"):
            self.by_name[f"threat_assessment:incoming_{part}"] = {"pk": said.uuid}
        self.by_name["threat_assessment:incoming_new"] = {"kind": "law_enforcement"}
        for part in ("", "_decline", "_take"):
            self.by_name[f"threat_assessment:handed{part}"] = {"pk": leaving.handoffs.get().uuid}
        self.valley.stack.close()

    def arguments(self, name: str, wanted: tuple[str, ...]) -> Kwargs:
        if name.startswith("threat_assessment:"):
            self.with_cases()
        own = self.by_name.get(name, {})
        return {key: own[key] if key in own else self.by_argument[key] for key in wanted}
