"""What a reporter wrote, and what follows from it: the urgency, and whether two people must close it. Pure
functions."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass

from security_center.prevention.content_loader import categories
from security_center.prevention.raising import urgency_from_words

from .models.report import Urgency

# Answers to "is there a weapon?" that name none. Anything else that stands in the field counts as naming one.
NO_WEAPON = frozenset(
    [
        *(
            "no",
            "none",
            "nope",
            "nothing",
            "na",
            "n/a",
            "idk",
            "unknown",
            "i dont know",
            "dont know",
            "not sure",
            "i dont think so",
            "no weapon",
        ),
        *(
            "no weapons",
            "no idea",
            "not that i know of",
            "ninguna",
            "ninguno",
            "nada",
            "no se",
            "no lo se",
            "no creo",
            "no hay",
            "sin armas",
        ),
        *(
            "no arma",
            "no armas",
            "no hay arma",
            "no hay armas",
            "desconocido",
            "no estoy seguro",
            "no estoy segura",
            "no que yo sepa",
        ),
    ]
)


@dataclass(frozen=True)
class ReportContent:
    """The fields of the form, as typed. Only `what_happened` is required; nothing else is ever demanded of a
    reporter."""

    what_happened: str
    who: str = ""
    when_where: str = ""
    weapon: str = ""
    how_do_you_know: str = ""
    danger_now: str = ""
    category: str = ""
    not_this_school: bool = False
    about_staff: bool = False
    may_we_message: bool = True
    language: str = "en"

    def canonical(self, file_digests: Iterable[bytes] = ()) -> bytes:
        """One spelling of the content, to tell a repeat from a second report."""
        return json.dumps(
            [asdict(self), [digest.hex() for digest in file_digests]], sort_keys=True, ensure_ascii=True
        ).encode()

    @property
    def texts(self) -> list[str]:
        return [self.what_happened, self.who, self.when_where, self.weapon, self.how_do_you_know]


@dataclass(frozen=True)
class Classified:
    urgency: str
    because: str
    needs_second_reader: bool
    crisis_lock: bool


def _folded(text: str) -> str:
    plain = "".join(c for c in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(c))
    return re.sub(r"\s+", " ", re.sub(r"[^\w/ ]+", "", plain)).strip()


LONGEST_NO = 500  # characters: a longer answer is no plain "no", and is not taken apart to find out


def names_a_weapon(answer: str) -> bool:
    if len(answer) > LONGEST_NO:
        return bool(answer.strip())
    folded = _folded(answer)
    return bool(folded) and folded not in NO_WEAPON


def classify(content: ReportContent, stricter: Mapping[str, str]) -> Classified:
    """Urgency by the table of categories, raised by danger, a weapon or words, never lowered
    (reporting.md 5).

    `stricter`: the plan's own urgencies for categories, where it is stricter than the table.
    """
    known = categories()
    category = known.get(content.category)
    urgency, because = (
        (Urgency.U2.value, "unread") if category is None else (str(category.urgency), "category")
    )
    if category is not None and stricter.get(category.key, urgency) < urgency:
        urgency = stricter[category.key]
    second = bool(category is not None and category.two_readers_to_close)
    crisis = bool(category is not None and category.mental_health)
    raised, hits = urgency_from_words(content.texts)
    if raised is not None and str(raised) < urgency:
        urgency, because = str(raised), "words"
    for hit in hits:
        hinted = known.get(hit.category)
        second = second or bool(hinted and hinted.two_readers_to_close)
        crisis = crisis or bool(hinted and hinted.key == "suicide")
    if names_a_weapon(content.weapon):
        second = True
        if urgency > Urgency.U1:
            urgency, because = Urgency.U1.value, "weapon"
    if content.danger_now in {"yes", "unsure"} and urgency >= Urgency.U1:
        urgency, because = Urgency.U1.value, "danger_now"
    return Classified(urgency, because, second or urgency == Urgency.U1, crisis)
