"""Every address × role × tenant, from both URL tables. An address that stands in no table here fails: say who may reach it first.

Another tenant's thing is 404, never 403: 403 would say that it exists. No address of one program is an address of the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.http import HttpResponse
from django.test import Client, override_settings
from django.urls import Resolver404, resolve, reverse
from tests.cast import assembled, sign_in
from tests.house.addresses import Things, public_names, staff_names
from tests.house.addresses_of_moves import MOVES
from tests.reporting.acts import at_work

from security_center.foundation import clock
from security_center.foundation.vault import provider

EVERYBODY = {"rosa", "ben", "dana", "sam", "tess", "nia", "ivy", "omar", "aud", "ada"}
DESK = {"rosa", "ben", "dana", "sam", "tess", "nia", "ivy"}
# A reader of the other school of the district, and of the other district: reader, on call, superintendent, administrator.
NEIGHBOURS = ("lena", "paul")
STRANGERS = ("rosa_elsewhere", "nia_elsewhere", "omar_elsewhere", "ada_elsewhere")
# Who is on the team of the cases that addresses.py makes. Whoever only oversees them is refused as everybody else is.
TEAM = {"tess", "ben", "dana"}
OVERSEES_TRAINING = {"dana", "tess", "ivy", "omar", "aud", "ada"}
REFUSED = {403, 404}
# Things of a district that each of its schools reads.
OF_THE_DISTRICT = {"threat_assessment:service"}


@dataclass(frozen=True)
class Row:
    """method: how the address is asked. admitted: who of the district gets in (an administrator's access session is open at the school).
    own: the address names no thing of a tenant, so that a stranger meets their own district there."""

    method: str
    admitted: set[str] = field(hash=False)
    own: bool = False


STAFF: dict[str, Row] = {
    "organizations:security": Row("get", EVERYBODY, own=True),
    "organizations:sign_ins": Row("get", EVERYBODY, own=True),
    "organizations:access_session_end": Row("post", {"ada"}),
    "organizations:organizations": Row("get", EVERYBODY, own=True),
    "organizations:organization_add": Row("get", {"ada"}, own=True),
    "organizations:organization": Row("get", EVERYBODY),
    "organizations:access_sessions": Row("get", EVERYBODY),
    "organizations:schools_import": Row("get", {"ada"}),
    "organizations:people": Row("get", {"dana", "ivy", "omar", "ada"}, own=True),
    "organizations:person_add": Row("get", {"ada"}, own=True),
    "organizations:person": Row("get", {"dana", "ivy", "omar", "ada"}),
    "organizations:person_edit": Row("get", {"ada"}),
    "organizations:person_invite": Row("post", {"ada"}),
    "organizations:person_leave": Row("get", {"ada"}),
    "organizations:person_readmit": Row("post", {"ada"}),
    "organizations:role_give": Row("post", {"ada"}),
    "organizations:role_end": Row("post", {"ada"}),
    "organizations:second_factor_reset": Row("post", {"ada"}),
    "organizations:supervision_set": Row("post", {"ada"}),
    "organizations:supervision_remove": Row("post", {"ada"}),
    "notifications:inbox": Row("get", EVERYBODY, own=True),
    "notifications:mark_all_read": Row("post", EVERYBODY, own=True),
    "notifications:send_own_test_alert": Row("post", EVERYBODY, own=True),
    "prevention:index": Row("get", EVERYBODY, own=True),
    "prevention:plan": Row("get", EVERYBODY),
    "prevention:build": Row("get", {"ivy", "ada"}),
    "prevention:check": Row("get", {"ivy", "ada"}),
    "prevention:compare": Row("get", EVERYBODY),
    "prevention:draft_paper": Row("get", {"ivy", "ada"}),
    "prevention:paper": Row("get", EVERYBODY),
    "prevention:discard": Row("post", {"ivy", "ada"}),
    "prevention:readiness": Row("get", EVERYBODY, own=True),
    "prevention:step": Row("get", {"ivy", "ada"}),
    "prevention:coverage": Row("get", EVERYBODY),
    "prevention:absence_add": Row("post", {"dana", "tess", "ivy", "ada"}),
    "prevention:absence_remove": Row("post", {"dana", "tess", "ivy", "ada"}),
    "prevention:alternate": Row("post", {"ivy", "ada"}),
    "prevention:holiday_add": Row("post", {"dana", "tess", "ivy", "ada"}),
    "prevention:holiday_remove": Row("post", {"dana", "tess", "ivy", "ada"}),
    "prevention:preset": Row("post", {"dana", "tess", "ivy", "ada"}),
    "prevention:shift_add": Row("post", {"dana", "tess", "ivy", "ada"}),
    "prevention:shift_remove": Row("post", {"dana", "tess", "ivy", "ada"}),
    "prevention:connectedness": Row("get", {"rosa", "ben", "dana", "tess"}, own=True),
    "prevention:connectedness_at": Row("get", {"rosa", "ben", "dana", "tess"}),
    "prevention:connectedness_begin": Row("post", {"ben", "dana", "tess"}),
    "prevention:connectedness_check": Row("get", {"rosa", "ben", "dana", "tess"}),
    "prevention:connectedness_end": Row("post", {"ben", "dana", "tess"}),
    "prevention:connectedness_grade": Row("get", {"rosa", "ben", "dana", "tess"}),
    "prevention:connectedness_pairs": Row("get", {"ben", "dana", "tess"}),
    "prevention:connectedness_without": Row("get", {"ben", "dana", "tess", "nia", "ivy", "omar"}),
    "prevention:training": Row("get", OVERSEES_TRAINING, own=True),
    "prevention:training_add": Row("get", {"dana", "tess", "ivy", "ada"}),
    "prevention:training_kind": Row("get", OVERSEES_TRAINING),
    "prevention:training_paste": Row("get", {"dana", "tess", "ivy", "ada"}),
    "prevention:training_place": Row("get", OVERSEES_TRAINING),
    "prevention:training_rule": Row("get", {"ivy", "ada"}),
    "prevention:training_withdraw": Row("post", {"dana", "tess", "ivy", "ada"}),
    "reporting:desk": Row("get", DESK | {"omar", "ada"}, own=True),
    "reporting:groups": Row("get", DESK | {"omar", "ada"}, own=True),
    "reporting:group_new": Row("get", DESK, own=True),
    "reporting:group": Row("get", DESK | {"omar", "ada"}),
    "reporting:group_add": Row("post", DESK),
    "reporting:group_answer": Row("post", DESK),
    "reporting:group_close": Row("post", DESK),
    "reporting:group_line": Row("post", DESK),
    "reporting:group_remove": Row("post", DESK),
    "reporting:handoff": Row("get", {"nia", "ivy"}),
    "reporting:intake": Row("get", DESK | {"omar"}, own=True),
    "reporting:intake_bomb": Row("get", DESK | {"omar"}, own=True),
    "reporting:intake_told": Row("post", DESK | {"omar"}, own=True),
    "reporting:intake_form": Row("get", DESK | {"omar"}, own=True),
    "reporting:desk_next": Row("get", DESK | {"omar", "ada"}, own=True),
    "reporting:report": Row("get", DESK | {"ada"}),
    "reporting:report_acknowledge": Row("post", DESK),
    "reporting:report_approval": Row("post", DESK),
    "reporting:report_assign": Row("post", DESK),
    "reporting:report_close": Row("get", DESK),
    "reporting:report_conflict": Row("get", DESK),
    "reporting:report_decide": Row("get", DESK),
    "reporting:report_hand_over": Row("get", DESK),
    "reporting:report_take_back": Row("post", DESK),
    "reporting:report_hold": Row("get", {"ivy"}),
    "reporting:report_identity": Row("post", {"ivy", "omar"}),
    "reporting:report_identity_grant": Row("post", {"ivy", "omar"}),
    "reporting:report_link": Row("get", DESK),
    "reporting:report_message": Row("post", DESK),
    "reporting:report_note": Row("post", DESK),
    "reporting:report_now": Row("get", DESK),
    "reporting:report_stamp": Row("post", DESK),
    "reporting:report_pattern_seen": Row("post", {"nia", "ivy"}),
    "reporting:report_subject": Row("post", DESK),
    "reporting:report_subject_check": Row("post", DESK),
    "reporting:report_subject_match": Row("post", DESK),
    "reporting:report_subject_second": Row("post", DESK),
    "reporting:report_urgency": Row("get", DESK),
    "reporting:report_file_ask": Row("post", DESK | {"ada"}),
    "reporting:report_file_clean": Row("get", DESK | {"ada"}),
    "reporting:report_file_isolate": Row("get", DESK),
    "reporting:report_file_original": Row("get", DESK | {"ada"}),
    "reporting:report_file_state": Row("get", DESK | {"ada"}),
    "lessons:index": Row("get", EVERYBODY, own=True),
    "lessons:school": Row("get", EVERYBODY),
    "lessons:cards": Row("get", EVERYBODY),
    "lessons:poster": Row("get", EVERYBODY),
    "lessons:lesson": Row("get", EVERYBODY),
    "students:enter": Row("get", {"ada"}),
    "students:index": Row("get", {"ada"}, own=True),
    "students:import": Row("get", {"ada"}),
    "students:import_apply": Row("post", {"ada"}),
    "students:import_discard": Row("post", {"ada"}),
    "students:import_new": Row("get", {"ada"}),
    "students:import_undo": Row("post", {"ada"}),
    "students:register": Row("get", {"ada"}),
    "threat_assessment:cases": Row("get", DESK, own=True),
    "threat_assessment:audit": Row("get", {"tess", "dana", "ivy"}, own=True),
    "threat_assessment:audited": Row("get", {"tess", "dana", "ivy"}, own=True),
    "threat_assessment:case_new": Row("get", DESK - {"sam"}, own=True),
    "threat_assessment:action": Row("get", TEAM),
    "threat_assessment:action_confirm": Row("post", TEAM),
    "threat_assessment:action_new": Row("get", TEAM),
    "threat_assessment:called": Row("get", TEAM),
    "threat_assessment:case": Row("get", TEAM),
    "threat_assessment:case_move": Row("get", TEAM),
    "threat_assessment:case_reports": Row("get", TEAM),
    "threat_assessment:case_reports_seen": Row("post", TEAM),
    "threat_assessment:case_screen": Row("get", TEAM),
    "threat_assessment:case_subject": Row("get", TEAM),
    "threat_assessment:case_subject_confirm": Row("post", TEAM),
    "threat_assessment:case_subject_describe": Row("post", TEAM),
    "threat_assessment:case_team": Row("get", TEAM),
    "threat_assessment:case_team_remove": Row("post", TEAM),
    "threat_assessment:class_agree": Row("post", TEAM),
    "threat_assessment:class_decide": Row("post", TEAM),
    "threat_assessment:class_hold": Row("post", TEAM),
    "threat_assessment:class_return": Row("get", TEAM),
    "threat_assessment:close": Row("get", TEAM),
    "threat_assessment:close_answer": Row("post", TEAM),
    "threat_assessment:glass": Row("get", {"nia", "ivy", "dana"}),
    "threat_assessment:glass_one": Row("get", TEAM),
    "threat_assessment:looks": Row("get", TEAM | {"aud", "ada"}),
    "threat_assessment:looks_find": Row("get", DESK | {"aud", "ada"}, own=True),
    "threat_assessment:imminent": Row("get", TEAM),
    "threat_assessment:imminent_declare": Row("post", TEAM),
    "threat_assessment:imminent_press": Row("post", TEAM),
    "threat_assessment:imminent_resume": Row("post", TEAM),
    "threat_assessment:file_add": Row("post", TEAM),
    "threat_assessment:file_clean": Row("get", TEAM),
    "threat_assessment:file_isolate": Row("get", TEAM),
    "threat_assessment:file_original": Row("get", TEAM),
    "threat_assessment:file_state": Row("get", TEAM),
    "threat_assessment:interview": Row("get", TEAM),
    "threat_assessment:interview_begin": Row("post", TEAM),
    "threat_assessment:interview_keep": Row("post", TEAM),
    "threat_assessment:judgement": Row("get", TEAM),
    "threat_assessment:judgement_sign": Row("post", TEAM),
    "threat_assessment:law_enforcement": Row("get", TEAM),
    "threat_assessment:law_enforcement_acknowledged": Row("post", TEAM),
    "threat_assessment:law_enforcement_decide": Row("get", TEAM),
    "threat_assessment:notices": Row("get", TEAM),
    "threat_assessment:packet": Row("get", TEAM),
    "threat_assessment:texts": Row("get", TEAM),
    "threat_assessment:texts_of": Row("get", TEAM),
    "threat_assessment:told": Row("get", TEAM),
    "threat_assessment:plan": Row("get", TEAM),
    "threat_assessment:plan_approve": Row("post", TEAM),
    "threat_assessment:plan_write": Row("get", TEAM),
    "threat_assessment:close_summarily": Row("post", TEAM),
    "threat_assessment:decision_step": Row("post", TEAM),
    "threat_assessment:evaluation": Row("post", TEAM),
    "threat_assessment:outside_ask": Row("post", TEAM),
    # The one outside the team who has to look, and nobody else.
    "threat_assessment:outside_review": Row("get", {"ivy"}),
    "threat_assessment:path_step": Row("get", TEAM),
    "threat_assessment:placement": Row("get", TEAM),
    "threat_assessment:removal_end": Row("post", TEAM),
    "threat_assessment:removals": Row("get", TEAM),
    "threat_assessment:practice": Row("get", DESK - {"sam"}, own=True),
    "threat_assessment:practice_at": Row("get", DESK - {"sam"}),
    "threat_assessment:practice_end": Row("post", TEAM),
    "threat_assessment:privacy": Row("get", TEAM),
    "threat_assessment:amendment": Row("get", TEAM),
    "threat_assessment:amendment_new": Row("get", TEAM),
    "threat_assessment:certificate": Row("get", DESK - {"rosa", "sam", "ben"} | {"aud", "ada", "omar"}),
    "threat_assessment:end": Row("get", TEAM),
    "threat_assessment:end_answer": Row("post", TEAM),
    "threat_assessment:end_release": Row("post", TEAM),
    "threat_assessment:inspection": Row("get", TEAM),
    "threat_assessment:inspection_new": Row("get", TEAM),
    "threat_assessment:summary": Row("get", TEAM),
    "threat_assessment:reviews": Row("get", TEAM),
    "threat_assessment:source": Row("get", TEAM),
    "threat_assessment:sources": Row("get", TEAM),
    "threat_assessment:theme": Row("get", TEAM),
    "threat_assessment:special_education": Row("post", TEAM),
    "threat_assessment:special_paths": Row("get", TEAM),
    "threat_assessment:themes": Row("get", TEAM),
    "threat_assessment:service": Row("get", DESK),
    "threat_assessment:service_new": Row("get", {"ben", "dana", "tess", "ivy"}, own=True),
    "threat_assessment:services": Row("get", DESK, own=True),
    "threat_assessment:meetings": Row("get", DESK, own=True),
    "threat_assessment:meetings_of": Row("get", DESK),
    "threat_assessment:meeting": Row("get", DESK),
    "threat_assessment:meeting_new": Row("get", DESK - {"sam"}),
    "threat_assessment:meeting_rhythm": Row("get", DESK - {"sam"}),
    "threat_assessment:meeting_case": Row("get", TEAM),
    "threat_assessment:meeting_change": Row("get", DESK - {"sam"}),
    "threat_assessment:meeting_hold": Row("post", DESK - {"sam"}),
    "threat_assessment:meeting_minutes": Row("get", DESK - {"sam"}),
    "threat_assessment:decision": Row("get", DESK),
    "threat_assessment:decision_new": Row("get", DESK - {"sam"}),
    "equity:equity": Row("get", {"dana", "tess", "ivy", "omar", "aud", "ada"}, own=True),
    "equity:import": Row("get", {"ada"}),
    "equity:import_undo": Row("post", {"ada"}),
    "equity:import_use": Row("post", {"ada"}),
    "equity:imports": Row("get", {"ada"}, own=True),
    "equity:read": Row("post", {"ivy"}, own=True),
    "equity:state_export": Row("get", {"ivy", "omar"}, own=True),
    "equity:state_file": Row("post", set(), own=True),  # without a year and a layout there is no file
    "equity:statistics": Row("get", {"dana", "tess", "ivy", "omar", "aud", "ada"}, own=True),
    "center:home": Row("get", EVERYBODY, own=True),
    "center:alerts": Row("get", {"dana", "tess", "ivy", "omar", "aud", "ada"}, own=True),
    "center:ledger": Row("get", {"aud", "ada"}, own=True),
    "center:mend": Row("get", {"ada"}, own=True),
    "center:schools": Row("get", {"dana", "tess", "ivy", "omar", "aud", "ada"}, own=True),
    "center:set_up_start": Row("get", {"ada"}, own=True),
    "center:set_up_overview": Row("get", {"ada"}),
    "center:set_up_alerts": Row("get", {"ada"}),
    "center:set_up_coverage": Row("get", {"ada"}),
    "center:set_up_district": Row("get", {"ada"}),
    "center:set_up_open": Row("get", {"ada"}),
    "center:set_up_people": Row("get", {"ada"}),
    "center:set_up_people_links": Row("post", {"ada"}),
    "center:set_up_people_mail": Row("post", {"ada"}),
    "center:set_up_plan": Row("get", {"ada"}),
    "center:set_up_schools": Row("get", {"ada"}),
}
STAFF |= {f"threat_assessment:{name}": Row(*row) for name, row in MOVES.items()}
# Anybody reaches these, signed in or not; they show nothing of anybody.
OPEN = {"center:metrics", "web:healthz", "web:readyz", "web:set_language", "organizations:invitation", "notifications:test_alert"}
# A person's own sign-in, messages and second factor: tested in tests/organizations and tests/notifications.
ONES_OWN = {"notifications:mark_read", "notifications:confirm_on_screen", *(f"organizations:{n}" for n in ("second_factor", "waiting", "let_in"))}
ALLAUTH = ("account_", "mfa_", "openid_connect_", "saml_")
PUBLIC = {
    "web:healthz",
    "web:readyz",
    "web:offline",
    "web:manifest",
    "web:service_worker",
    "reporting:start",
    "reporting:short_link",
    "reporting:find",
    "reporting:about",
    "reporting:receipt",
    "reporting:thread",
    "reporting:help_now",
    "reporting:form",
    "reporting:about_school",
    "reporting:plan",
    "learn:school",
    "learn:lesson",
    "numbers:figures",
}
IN_BOTH = {"web:healthz", "web:readyz"}


def test_every_address_of_the_staff_program_stands_in_a_table() -> None:
    known = set(STAFF) | OPEN | ONES_OWN
    names = {name for name in staff_names() if not name.startswith(ALLAUTH)}
    assert names == known


def test_every_address_of_the_public_program_stands_in_a_table() -> None:
    assert set(public_names()) == PUBLIC


def _resolves(path: str, table: str) -> bool:
    try:
        resolve(path, urlconf=table)
    except Resolver404:
        return False
    return True


def test_no_address_of_one_program_is_an_address_of_the_other(things: Things) -> None:
    more = {"token": "abcdef", "message_id": 1, "uidb36": "1", "key": "set-password", "pk": 1}
    for names, own, other in (
        (public_names(), settings.PUBLIC_URLCONF, settings.STAFF_URLCONF),
        (staff_names(), settings.STAFF_URLCONF, settings.PUBLIC_URLCONF),
    ):
        for name, wanted in names.items():
            if name in IN_BOTH:
                continue
            given = {**things.by_argument, **more, **things.by_name.get(name, {})}
            path = reverse(name, urlconf=own, kwargs={key: given[key] for key in wanted})
            if path == "/":
                continue  # each program has a first page of its own there
            assert _resolves(path, own), f"{name} does not resolve in its own program"
            assert not _resolves(path, other), f"{name} ({path}) resolves in the other program"


# Without the mark no database is made. It puts each test into a savepoint of the transaction that `things` holds.
pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def things(django_db_setup: None, django_db_blocker: Any) -> Iterator[Things]:
    """One of everything, made once for all addresses (it takes some hundred acts) and taken back at the end."""
    quick = {"PASSWORD_HASHERS": ["django.contrib.auth.hashers.MD5PasswordHasher"], "SSC_DEMO": True}
    with django_db_blocker.unblock(), override_settings(**quick), transaction.atomic():
        if not provider.is_open():
            provider.create_key_file()
        with at_work(assembled()) as valley:
            made = Things(valley)
            made.with_cases()
        yield made  # the tenant scope comes from the program's own middleware
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def ask(things: Things) -> Callable[[str, str | None], HttpResponse]:
    """`ask(name, who)`: the answer to that person (None: nobody is signed in); what it changed is taken back."""
    patterns = staff_names()
    # All at once: a session begun within a test would be taken back with it.
    clients = {who: sign_in(getattr(things.cast, who)) for who in (*EVERYBODY, *NEIGHBOURS, *STRANGERS)} | {None: Client()}

    def asked(name: str, who: str | None) -> HttpResponse:
        path = reverse(name, urlconf=settings.STAFF_URLCONF, kwargs=things.arguments(name, patterns[name]))
        with ExitStack() as stack:
            stack.enter_context(clock.clock_at(things.valley.at))
            stack.enter_context(transaction.atomic())
            answer = getattr(clients[who], STAFF[name].method)(path, things.sent.get(name, {}))
            transaction.set_rollback(True)
        return answer

    return asked


@pytest.mark.parametrize("name", STAFF)
def test_an_address_admits_whom_its_table_names_and_nobody_else(name: str, ask: Callable[[str, str | None], HttpResponse]) -> None:
    row = STAFF[name]
    nobody = ask(name, None)
    assert (nobody.status_code, nobody["Location"].startswith("/account/login/")) == (302, True)
    if not row.own:
        # A desk of a neighbour's school may be known to exist; another district's things are not.
        assert {who: ask(name, who).status_code for who in STRANGERS} == dict.fromkeys(STRANGERS, 404)
        if name not in OF_THE_DISTRICT:
            assert {who for who in NEIGHBOURS if ask(name, who).status_code not in REFUSED} == set()
    answers = {who: ask(name, who).status_code for who in sorted(EVERYBODY)}
    assert {who for who, status in answers.items() if status not in REFUSED} == row.admitted, answers
    assert all(status < 500 for status in answers.values())
