"""Writes the report of a study: for the restricted circle and for the public, on paper and for the screen."""

from __future__ import annotations

from pathlib import Path

from simex.analysis import Results
from simex.experiment import CannotRun
from simex.experiment.folder import write_whole

from .blocks import Report
from .chapters import CHAPTERS
from .content import content
from .context import Context
from .credibility import Evidence
from .html import as_html
from .model_documents import odd, stress
from .pdf import as_pdf


def build(context: Context) -> Report:
    """The report as blocks. Raises `CannotRun` for the public version of a preview (simex.md 7.2)."""
    if context.public and context.results.preview:
        raise CannotRun(f"There is no public version of a preview. {context.results.release.reason}")
    design = context.results.design
    watermark = content("words")["watermark"]
    kind = (
        "Public version"
        if context.public
        else "Restricted version: describes a building, for the safety team only"
    )
    report = Report(
        f"After-action report: {design.name}",
        f"SIMEX simulation experiment. {kind}.",
        "School Security Center, SIMEX",
        watermark,
    )
    for chapter in CHAPTERS:
        report.add(*chapter(context))
    return marked(report, context.results)


def marked(report: Report, results: Results) -> Report:
    """With the state on every page, where it is a preview."""
    if results.preview:
        mark = str(content("words")["preview_mark"])
        report.watermark, report.footer = f"{mark}. {report.watermark}", f"{mark} · {report.footer}"
    return report


def write(results: Results, folder: Path, *, replica: Results | None = None) -> list[Path]:
    """Writes report.html and report.pdf, the same for the public, and odd.html and stress.html into a folder;
    gives their paths.

    Of a preview no public version is written, and one that lies there is taken away. Tables of `verify`,
    `validate` and `sensitivity` that lie in the study's folder are taken into the report. Raises `CannotRun`.
    """
    evidence = Evidence.in_folder(results.folder)
    written = []
    restricted = Context(results, evidence, replica)
    public = () if results.preview else (("report-public", restricted.for_public()),)
    if results.preview:
        for suffix in (".html", ".pdf"):
            (folder / f"report-public{suffix}").unlink(missing_ok=True)
    for stem, context in (("report", restricted), *public):
        report = build(context)
        for suffix, made in ((".html", as_html(report).encode()), (".pdf", as_pdf(report))):
            write_whole(folder / f"{stem}{suffix}", made)
            written.append(folder / f"{stem}{suffix}")
    for name, document in (("odd", odd(results)), ("stress", stress(results))):
        write_whole(folder / f"{name}.html", as_html(marked(document, results)).encode())
        written.append(folder / f"{name}.html")
    return written
