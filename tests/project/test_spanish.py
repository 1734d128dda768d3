"""Spanish from the first page to the last: nobody who reads Spanish meets English in the middle of a page
about an emergency.

A visitor walks through both programs by their links, each named address at least once, and every piece of
text on the way is held against the catalogue: a string that has a Spanish wording must not stand there in
English, and no piece may read like an English sentence."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from html.parser import HTMLParser
from typing import Any

import polib
import pytest
from django.conf import settings
from django.test import Client
from django.urls import Resolver404, resolve
from tests.cast import Cast
from tests.reporting.acts import Valley, valley
from tests.reporting.public_side import hidden, opened_school

from security_center.foundation.notifications import actions as notify_actions
from security_center.foundation.notifications.channels.email.transport import composed
from security_center.foundation.notifications.models import Delivery
from security_center.foundation.organizations.models import Organization, Person
from security_center.foundation.organizations.tasks import send_invitation, send_password_link
from security_center.project import translations
from security_center.reporting.actions import desk

pytestmark = pytest.mark.django_db

SignIn = Callable[[Person], Client]
_ = (opened_school, valley)  # fixtures of the reporting room

# Sign-out and the like change something or leave the page; files are not read here.
NOT_FOLLOWED = ("/account/logout/", "/static/", "lang=en", "/desk/next/")
# Words that no Spanish sentence has.
ENGLISH = re.compile(
    r"\b(the|and|with|you|your|are|this|that|from|have|was|will|been|which|they|who|what|nobody|is|it|of)\b",
    re.IGNORECASE,
)
# Names that stay as they are: of lines to call, and of a city among the time zones.
NAMES = ("Take It Down", "The Trevor Project", "love is respect", "Port of Spain")
SHORTEST = 12


@dataclass
class _Texts(HTMLParser):
    """Every piece of text and every spoken attribute of a page, except what the page itself says is English
    (`lang="en"`)."""

    pieces: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    _stack: list[tuple[str, bool]] = field(default_factory=list)

    VOID = frozenset(
        {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
    )
    SPOKEN = frozenset(
        {
            "alt",
            "aria-label",
            "data-label",
            "data-leave-hint",
            "data-not-sent",
            "data-sending",
            "placeholder",
            "title",
        }
    )

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    @property
    def _silent(self) -> bool:
        return any(silent for _tag, silent in self._stack)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        silent = tag in {"script", "style"} or given.get("lang") == "en"
        if not (self._silent or silent):
            self.pieces += [value for name, value in attrs if name in self.SPOKEN and value]
            if tag == "a" and given.get("href"):
                self.links.append(given["href"] or "")
        if tag not in self.VOID:
            self._stack.append((tag, silent))

    def handle_endtag(self, tag: str) -> None:
        while self._stack:
            if self._stack.pop()[0] == tag:
                return

    def handle_data(self, data: str) -> None:
        if not self._silent and data.strip():
            self.pieces.append(data)


def read(html: str) -> _Texts:
    found = _Texts()
    found.feed(html)
    return found


@cache
def english_of_the_catalogue() -> tuple[re.Pattern[str], ...]:
    """A pattern for each English string that reads otherwise in Spanish; a placeholder stands for
    anything."""
    book = polib.pofile(str(translations.catalogue_path("es")))
    spoken = {text for entry in book for text in (entry.msgstr, *entry.msgstr_plural.values())}
    patterns = []
    for entry in book:
        for text in (entry.msgid, entry.msgid_plural):
            fixed = re.sub(r"%\(\w+\)[sd]", "", text or "")
            if len(fixed) < SHORTEST or text in spoken or "<" in text:
                continue
            pattern = re.sub(
                r"%\\\(\w+\\\)[sd]", ".{1,90}", re.escape(" ".join(text.replace("%%", "%").split()))
            )
            patterns.append(re.compile(f"^{pattern}$"))
    return tuple(patterns)


def english_in(html: str, names: Iterable[str] = ()) -> list[str]:
    """The pieces of a page that are English. `names`: what somebody entered (schools, people), which stays as
    it is."""
    found = []
    for piece in {" ".join(piece.split()) for piece in read(html).pieces}:
        rest = piece
        for name in (*names, *NAMES):
            rest = rest.replace(name, "")
        if any(pattern.match(piece) for pattern in english_of_the_catalogue()) or ENGLISH.search(rest):
            found.append(piece)
    return sorted(found)


def walk(client: Any, starts: Iterable[str], names: Iterable[str]) -> Iterator[tuple[str, str, list[str]]]:
    """Follow the links: (name of the address, path, English pieces) of each page, every named address at most
    twice."""
    waiting, seen, visits = list(starts), set[str](), dict[str, int]()
    urls = settings.PUBLIC_URLCONF if type(client).__name__ == "PublicClient" else settings.STAFF_URLCONF
    while waiting:
        path = waiting.pop(0).split("#")[0]
        if path in seen or not path.startswith("/") or any(part in path for part in NOT_FOLLOWED):
            continue
        seen.add(path)
        try:
            name = resolve(path.split("?")[0], urlconf=urls).view_name
        except Resolver404:
            continue
        if visits.get(name, 0) == 2:
            continue
        visits[name] = visits.get(name, 0) + 1
        answer = client.get(path, headers={"accept-language": "es"})
        if answer.status_code in {301, 302}:
            waiting.append(answer["Location"])
            continue
        if answer.status_code == 405 or not answer.get("Content-Type", "").startswith("text/html"):
            continue
        html = answer.content.decode()
        assert answer.status_code < 500, path
        assert '<html lang="es"' in html, path
        yield name, path, english_in(html, names)
        waiting += [link.replace("&amp;", "&") for link in read(html).links]


def names_of(cast: Cast) -> list[str]:
    with_places = [
        *Organization.objects.values_list("name", flat=True),
        *(person.name for person in cast.everyone.values()),
    ]
    return sorted(with_places, key=len, reverse=True)


def walked(client: Any, starts: Iterable[str], cast: Cast) -> set[str]:
    visited, told = set(), []
    for name, path, english in walk(client, starts, names_of(cast)):
        visited.add(name)
        told += [f"{path}: {piece[:120]}" for piece in english]
    assert not told, "\n".join(told)
    return visited


def test_english_is_noticed_where_it_stands() -> None:
    """The eyes of these tests: a string of the catalogue, a sentence nobody marked, and neither what is
    Spanish nor what says that it is English."""
    page = (
        '<p>Leave quickly</p><p aria-label="Nobody reads now">Hola</p><p lang="en">The other '
        "language</p><p>Salir rápido</p>"
    )
    assert english_in(page) == ["Leave quickly", "Nobody reads now"]


def test_every_page_of_the_public_program_speaks_spanish(
    opened_school: Organization, cast: Cast, public_client: Client
) -> None:
    slug = opened_school.slug
    starts = [
        "/",
        "/report/?q=zzzz",
        f"/report/{slug}/",
        f"/report/{cast.school_b.slug}/",
        f"/learn/{slug}/",
        "/report/receipt/",
    ]
    visited = walked(public_client, starts, cast)
    assert {"reporting:find", "reporting:form", "reporting:about", "reporting:receipt"} <= visited


def test_what_a_reporter_meets_after_sending_speaks_spanish(
    opened_school: Organization, cast: Cast, public_client: Client
) -> None:
    form = public_client.get(f"/report/{opened_school.slug}/?lang=es")
    words = re.findall(
        r"<li[^>]*>(?:<[^>]+>)*\d*(?:</[^>]+>)*\s*([^<\s]+)",
        form.content.decode().split('id="receipt"')[1].split("</ol>")[0],
    )
    fields = {
        name: hidden(form, name)
        for name in ("seed", "message", "language")
        if f'name="{name}"' in form.content.decode()
    }
    empty = public_client.post(f"/report/{opened_school.slug}/?lang=es", {**fields, "what_happened": ""})
    assert "Escribe qué pasó" in empty.content.decode()
    assert english_in(empty.content.decode(), names_of(cast)) == []
    sent = public_client.post(
        f"/report/{opened_school.slug}/?lang=es",
        {**fields, "what_happened": "Alguien mostró un cuchillo.", "danger_now": "yes"},
        follow=True,
    )
    assert "Ya tenemos tu reporte" in sent.content.decode()
    assert english_in(sent.content.decode(), names_of(cast)) == []
    thread = public_client.post(
        "/report/receipt/?lang=es", {"words": " ".join(words), "language": "es"}, follow=True
    )
    assert english_in(thread.content.decode(), names_of(cast)) == []
    wrong = public_client.post("/report/receipt/?lang=es", {"words": "perro gato", "language": "es"})
    assert english_in(wrong.content.decode(), names_of(cast)) == []


@pytest.fixture
def at_work(valley: Valley) -> Valley:
    """Reports in every state, written in Spanish, and everybody of the district reads Spanish."""
    for person in valley.cast.everyone.values():
        person.language = "es"
        person.save(update_fields=["language"])
    valley.report("Una navaja en la mochila.", language="es", danger_now="yes")
    valley.taken(what="Lo empujan cada mañana.", language="es")
    desk.look(actor=valley.cast.rosa, report=valley.report("Rompieron una ventana.", language="es"))
    valley.pass_time(days=3)
    valley.ring()
    return valley


@pytest.mark.long
@pytest.mark.parametrize(
    ("short", "expected"),
    [
        (
            "rosa",
            {
                "reporting:desk",
                "reporting:report",
                "reporting:report_decide",
                "reporting:intake",
                "notifications:inbox",
                "organizations:security",
            },
        ),
        ("ivy", {"reporting:desk", "reporting:report", "prevention:plan", "prevention:coverage"}),
        (
            "ada",
            {
                "center:home",
                "organizations:people",
                "organizations:person",
                "prevention:coverage",
                "center:set_up_open",
            },
        ),
        ("aud", {"center:home", "notifications:inbox"}),
        ("omar", {"center:home", "notifications:inbox"}),
    ],
)
def test_every_page_of_the_staff_program_speaks_the_persons_language(
    at_work: Valley, signed_in: SignIn, short: str, expected: set[str]
) -> None:
    visited = walked(
        signed_in(at_work.cast.everyone[short]),
        ["/", "/desk/?tab=all", "/inbox/", "/account/security/"],
        at_work.cast,
    )
    assert expected <= visited


def test_the_page_to_sign_in_speaks_the_browsers_language(client: Client, cast: Cast) -> None:
    visited = walked(client, ["/account/login/", "/account/password/reset/"], cast)
    assert {"account_login", "account_reset_password"} <= visited


def test_every_alert_is_a_spanish_email_for_who_reads_spanish(at_work: Valley) -> None:
    notify_actions.send_test_alert(actor=at_work.cast.rosa, person=at_work.cast.rosa)
    deliveries = list(Delivery.objects.filter(message__person__language="es"))
    assert len(deliveries) > 3
    for delivery in deliveries:
        mail = composed(delivery)
        told = " ".join(line for line in mail.body.splitlines() if not line.startswith("http"))
        assert "Nadie lee las respuestas a este correo." in mail.body
        for name in names_of(at_work.cast):
            told = told.replace(name, "")
        assert ENGLISH.search(f"{mail.subject} {told}") is None, (mail.subject, mail.body)


def test_links_for_a_password_come_in_spanish(cast: Cast, mailoutbox: list[Any]) -> None:
    Person.objects.filter(pk__in=[cast.rosa.pk, cast.ben.pk]).update(language="es")
    cast.ben.set_unusable_password()
    Person.objects.filter(pk=cast.ben.pk).update(password=cast.ben.password)
    send_password_link.func(cast.rosa.pk)
    send_invitation.func(cast.ben.pk, cast.ada.pk)
    assert [mail.subject for mail in mailoutbox] == [
        "School Security Center: defina una contraseña nueva",
        "School Security Center: defina su contraseña",
    ]
    assert all(ENGLISH.search(re.sub(r"http\S+", "", mail.body)) is None for mail in mailoutbox)


def test_the_catalogue_is_complete_and_keeps_every_placeholder() -> None:
    """Mend with ./ssc manage translations --update, then translate what is new."""
    assert translations.faults() == []


def test_no_wording_says_the_same_sentence_twice() -> None:
    """A message that repeated itself five times over was a wall of twenty lines in an inbox."""
    for entry in polib.pofile(str(translations.catalogue_path("es"))):
        for text in (entry.msgstr, *entry.msgstr_plural.values()):
            assert len(text) < 60 or text.count(text[:30]) == 1, text
