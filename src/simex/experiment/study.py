"""The noun `Study`: a design, a plan, the people and the parameters, ready to run into a folder."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from simex.parameters import Parameters
from simex.plan import Plan
from simex.plan.file import digest
from simex.population import Population
from simex.scenario import Kind, Layer

from . import pools
from .cells import BASE_LAYER, Cell, cells_of, headline_conditions, layers_of
from .check import faults_in_plan
from .chunks import ENGINES, Chunk, Order, chunks_between, decode
from .code_version import code_version
from .design import Design, Form
from .faults import CannotRun, FaultyDesign
from .folder import Folder, write_whole
from .inputs import copies_of, parameters_of, plan_of, read_inputs
from .precision import not_precise, rounds
from .release import HOW_TO_ASK, OF_THE_HAZARD, Release, release_for

COMPLETE = "complete.json"


@dataclass(frozen=True)
class Study:
    """A designed experiment that can be run.

    design: what is varied. plan: the building. parameters, population: without them the defaults and the
    design's. engine: "module:class" that makes an `Engine` from (plan, parameters, population); without it
    that of the design's resolution."""

    design: Design
    plan: Plan
    parameters: Parameters = field(default_factory=Parameters.defaults)
    population: Population | None = None
    engine: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "engine", self.engine or ENGINES[self.design.resolution])

    @classmethod
    def read(cls, path: Path | str) -> Study:
        """From a design file. Raises `FaultyDesign`, or what the plan's and the parameters' readers raise."""
        design = Design.read(path)
        plan = plan_of(design)
        if faults := faults_in_plan(design, plan):
            raise FaultyDesign(faults)
        return cls(design, plan, parameters_of(design))

    @classmethod
    def stored(cls, folder: Path | str) -> Study:
        """The study that a folder holds, from its own copies. Raises `CannotRun`."""
        design, plan, parameters, engine = read_inputs(Folder(folder))
        return cls(design, plan, parameters, design.population, engine)

    @cached_property
    def people(self) -> Population:
        return self.population or self.design.population

    @cached_property
    def cells(self) -> tuple[Cell, ...]:
        return cells_of(self.design)

    @cached_property
    def order(self) -> Order:
        return Order(self.plan, self.parameters, self.people, self.cells, self.design.seed, self.engine)

    def manifest(self) -> dict[str, Any]:
        """What decides the runs, as plain values: seed, design, code version and the digests of parameters
        and plan."""
        return {
            "format": 1,
            "seed": self.design.seed,
            "design": replace(self.design, population=self.people).facts(),
            "engine": self.engine,
            "code_version": code_version(),
            "parameters_version": self.parameters.version,
            "parameters_digest": self.parameters.digest(),
            "plan_digest": digest(self.plan),
        }

    def release(self, folder: Path | None = None) -> Release:
        """Whether the hazard mode is released for the parameter set: by the project's record, or by one's own
        in the study's folder."""
        return release_for(self.parameters.digest(), folder, self.design.resolution)

    @property
    def preview(self) -> bool:
        """Whether these are runs with a hazard although the mode is not released for the parameter set by the
        project's record."""
        return self.is_preview(self.release())

    def is_preview(self, release: Release) -> bool:
        """The same by a release that is known."""
        return self.design.kind is Kind.LOCKDOWN and not release.allowed

    def check_release(self, folder: Path | None = None) -> Release:
        """Raises `CannotRun` where the hazard mode is not released and no preview was asked for."""
        release = self.release(folder)
        if self.is_preview(release) and not self.design.preview:
            raise CannotRun(f"{release.reason} {HOW_TO_ASK}")
        return release

    def runs_at_most(self) -> int:
        """How many runs the design asks for (with the stop rule: at most)."""
        return sum(chunk.runs for _, chunks in self._stages() for chunk in chunks)

    def run(
        self,
        out: Path | str,
        *,
        workers: int | None = None,
        dask: str | None = None,
        progress: bool = True,
        release: Release | None = None,
    ) -> Path:
        """Runs what is not there yet and gives the folder.

        workers: local processes; None takes a process for each processor. dask: the address of an existing
        cluster's scheduler instead. The files are the same bytes whatever the workers. release: in place of
        what is on record, as for `Results`; a preview keeps nothing that measures the hazard. Can be stopped
        and called again. Raises `CannotRun` (`DiskFull`, `OtherStudy`) with a sentence, also where the hazard
        mode is not released and no preview was asked for."""
        release = release or self.check_release(Path(out))
        order = replace(self.order, unwritten=OF_THE_HAZARD) if self.is_preview(release) else self.order
        folder = Folder(out)
        with folder.locked():
            folder.begin(self.manifest(), copies_of(self.plan, self.parameters))
            if not (folder.path / COMPLETE).exists():
                with _bar(self.runs_at_most(), progress) as bar:
                    self._run_stages(folder, order, workers, dask, bar)
        return folder.path

    def _stages(self) -> Iterator[tuple[Layer, list[Chunk]]]:
        """What is run, in order: the base layer round by round, then the other layers."""
        design, cells = self.design, self.cells
        if design.replicates is None:
            for start, stop in rounds(design.precision.cap):
                yield BASE_LAYER, chunks_between(BASE_LAYER, cells, start, stop)
        else:
            yield BASE_LAYER, chunks_between(BASE_LAYER, cells, 0, design.replicates)
        headline = set(headline_conditions(design))
        chosen = [cell for cell in cells if cell.condition in headline]
        for layer in layers_of(design)[1:]:
            yield layer, chunks_between(layer, chosen, 0, design.robustness_replicates)

    def _run_stages(
        self, folder: Folder, order: Order, workers: int | None, dask: str | None, bar: Any
    ) -> None:
        short: dict[str, list[str]] = {}
        done_with_base = False
        replicates = 0
        with self._pool(order, workers, dask) as pool:
            for layer, chunks in self._stages():
                if layer == BASE_LAYER and done_with_base:
                    bar.total -= sum(chunk.runs for chunk in chunks)
                    continue
                missing = [chunk for chunk in chunks if not folder.has(chunk.name)]
                bar.update(sum(chunk.runs for chunk in chunks) - sum(chunk.runs for chunk in missing))

                def keep(chunk: Chunk, content: bytes) -> None:
                    folder.keep(chunk.name, content)
                    bar.update(chunk.runs)

                if missing:
                    pool(missing, keep)
                if layer == BASE_LAYER:
                    replicates = max(chunk.stop for chunk in chunks)
                    short = self._short(folder, replicates)
                    done_with_base = self.design.replicates is None and not short
        facts = {"replicates": replicates, "not_precise": short, "digests": folder.digests()}
        write_whole(folder.path / COMPLETE, json.dumps(facts, indent=1).encode() + b"\n")

    def _pool(
        self, order: Order, workers: int | None, dask: str | None
    ) -> AbstractContextManager[pools.Pool]:
        if dask is not None:
            return pools.dask_cluster(order, dask)
        count = workers if workers is not None else pools.processors()
        return pools.processes(order, count) if count > 1 and self.runs_at_most() > 100 else pools.here(order)

    def _short(self, folder: Folder, replicates: int) -> dict[str, list[str]]:
        """By cell, the core measures that the runs so far do not know well enough."""
        if self.design.form is Form.REPLICA:
            return {}
        short = {}
        for cell in self.cells:
            columns, horizon_s = stored_columns(
                folder,
                list(self._base_chunks(cell, replicates)),
                self.order.runs_digest(cell.index, BASE_LAYER),
            )
            measures = not_precise(columns, horizon_s, self.design.precision)
            if measures:
                short[str(cell.index)] = list(measures)
        return short

    def _base_chunks(self, cell: Cell, replicates: int) -> Iterator[Chunk]:
        for layer, chunks in self._stages():
            if layer == BASE_LAYER:
                yield from (
                    chunk for chunk in chunks if chunk.cell == cell.index and chunk.stop <= replicates
                )


def stored_columns(folder: Folder, chunks: Sequence[Chunk], of: str) -> tuple[dict[str, Any], float]:
    """The columns of some chunks of one cell, one after the other, and the horizon in seconds."""
    import numpy as np

    tables = [decode(folder.chunk(chunk.name), of) for chunk in chunks]
    return {
        name: np.concatenate([table.columns[name] for table in tables]) for name in tables[0].columns
    }, tables[0].horizon_s


@contextmanager
def _bar(total: int, shown: bool) -> Iterator[Any]:
    from tqdm import tqdm

    with tqdm(
        total=total, unit=" runs", disable=None if shown else True, dynamic_ncols=True, smoothing=0.1
    ) as bar:
        yield bar
