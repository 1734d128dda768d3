"""The board of the thirteen themes, and each theme with its prompts. A tile says what was asked: nothing is
counted or colored."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from security_center.foundation.organizations.permissions import Permission
from security_center.foundation.refusals import Refusal, blame
from security_center.foundation.vault.columns import shown
from security_center.foundation.web.staff_forms import to_version

from .. import content_loader as doctrine
from .. import queries
from ..actions import inquiry
from ..actions.case_access import look
from ..actions.edit_conflicts import ChangedMeanwhile
from ..forms_inquiry import FindingForm
from ..models import Case, Finding, Source
from ..queries.case_page import Asked
from .lookups import about_case, act_page, current_person

TILE_WORDS = {
    "complete": gettext_lazy("What must be asked was asked"),
    "gaps": gettext_lazy("Gaps"),
    "not_started": gettext_lazy("Not started"),
}


@require_GET
@about_case(Permission.CASE_READ)
def themes(request: HttpRequest, case: Case) -> HttpResponse:
    board = queries.board(case, look(actor=current_person(request), case=case), current_person(request))
    tiles = [(tile, TILE_WORDS[tile.state]) for tile in board.tiles]
    return act_page(request, case, "themes", None, tiles=tiles, gaps=board.gaps)


@require_http_methods(["GET", "POST"])
@about_case(Permission.CASE_WRITE)
def theme(request: HttpRequest, case: Case, theme: str) -> HttpResponse:
    """Every prompt of a theme with what was found last. One is saved at a time."""
    if theme not in doctrine.themes():
        raise Http404
    opened = look(actor=current_person(request), case=case)
    visible = list(queries.visible_sources(current_person(request), case))
    named = [(source, _source_label(source, shown(opened, source, "name"))) for source in visible]
    posted = request.POST.get("prompt", "")
    failed: FindingForm | None = None
    theirs: tuple[Finding, str] | None = None
    if request.method == "POST":
        if posted not in doctrine.prompts() or doctrine.prompts()[posted].theme != theme:
            raise Http404
        failed = FindingForm(request.POST, prefix=_prefix(posted), sources=named)
        if failed.is_valid():
            try:
                _record(request, case, posted, failed, visible)
            except ChangedMeanwhile as refusal:
                row = Finding.objects.select_related("recorded_by").get(pk=refusal.theirs.pk)
                theirs = row, shown(opened, row, "note")
                to_version(failed, row.version)
            except Refusal as refusal:
                blame(failed, refusal)
            else:
                messages.success(request, _("Saved."))
                return redirect(
                    reverse("threat_assessment:theme", args=[case.number, theme]) + f"#{_prefix(posted)}"
                )
    board = queries.board(case, opened, current_person(request))
    tile = next(one for one in board.tiles if one.theme.key == theme)
    keys = [one.theme.key for one in board.tiles]
    following = board.tiles[(keys.index(theme) + 1) % len(keys)].theme
    asked = [
        _Shown(one, named, failed if failed is not None and one.prompt.name == posted else _form(one, named))
        for one in tile.asked
    ]
    return act_page(
        request,
        case,
        "theme",
        failed,
        tile=tile,
        word=TILE_WORDS[tile.state],
        asked=asked,
        posted=posted if failed is not None else "",
        theirs=theirs,
        following=following,
        theirs_word=doctrine.finding_labels()[theirs[0].answer] if theirs is not None else "",
    )


def _prefix(prompt: str) -> str:
    return prompt.replace(".", "-")


def _form(one: Asked, named: list[tuple[Source, str]]) -> FindingForm:
    row = one.finding
    initial: dict[str, Any] = {"version": 0}
    if row is not None:
        cited = [str(source.pk) for source in one.sources]
        initial = {
            "answer": row.answer,
            "note": one.note,
            "sources": cited,
            "observed_on": row.observed_on,
            "version": row.version,
        }
    return FindingForm(prefix=_prefix(one.prompt.name), initial=initial, sources=named)


class _Shown:
    """A prompt as the page shows it. Of its sources are named those that this person may see."""

    def __init__(self, one: Asked, named: list[tuple[Source, str]], form: FindingForm) -> None:
        self.prompt, self.finding, self.note, self.earlier, self.form = (
            one.prompt,
            one.finding,
            one.note,
            one.earlier,
            form,
        )
        self.kept = one.kept
        self.anchor = _prefix(one.prompt.name)
        self.answer = doctrine.finding_labels()[one.finding.answer] if one.finding is not None else ""
        cited = {source.pk for source in one.sources}
        self.sources = [label for source, label in named if source.pk in cited]


def _record(request: HttpRequest, case: Case, prompt: str, form: FindingForm, visible: list[Source]) -> None:
    given = form.cleaned_data
    # What this person may not see stays cited: they could not have meant to take it away.
    before = Finding.objects.filter(case=case, prompt=prompt, current=True).first()
    hidden = list(before.sources.exclude(pk__in=[one.pk for one in visible])) if before is not None else []
    inquiry.find(
        actor=current_person(request),
        case=case,
        prompt=prompt,
        answer=given["answer"],
        note=given["note"],
        version=given["version"],
        sources=[*form.chosen, *hidden],
        observed_on=given["observed_on"],
    )


def _source_label(source: Source, name: str) -> str:
    kind = doctrine.sources()[source.kind].label
    return f"{kind}: {name}" if name else str(kind)
