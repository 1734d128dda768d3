"""What the tests of a case's privacy share."""

from __future__ import annotations

import io
from typing import Any

from pypdf import PdfReader

from security_center.case_records.actions import text_tags
from security_center.case_records.queries.texts import Part, parts_of
from security_center.foundation.organizations.models import Person
from security_center.threat_assessment.actions.case_access import look
from security_center.threat_assessment.models import Case


def parts(person: Person, case: Case) -> list[Part]:
    return parts_of(person, case, look(actor=person, case=case))


def one(person: Person, case: Case, *words: str) -> Part:
    """The one part whose texts hold these words."""
    found = [
        part
        for part in parts(person, case)
        if all(word in " ".join(line.text for line in part.lines) for word in words)
    ]
    assert len(found) == 1, [part.heading for part in found]
    return found[0]


def tag(person: Person, case: Case, about: str, *words: str, **more: str) -> Part:
    text_tags.tag(actor=person, case=case, tags=[text_tags.Tag(one(person, case, *words), about, **more)])
    return one(person, case, *words)


def text_of(answer: Any) -> str:
    """The words of a PDF, with every break of a line as one space. It is a PDF that no cache keeps."""
    assert answer.status_code == 200, answer.status_code
    assert answer["Content-Type"] == "application/pdf"
    assert "no-store" in answer["Cache-Control"]
    content = b"".join(answer) if answer.streaming else answer.content
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages).split())
