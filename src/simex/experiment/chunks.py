"""A chunk: some replicates of one cell in one robustness layer. What is computed, stored and resumed as a
whole.

Where chunks begin and end depends on the design alone, so the files are the same bytes whatever the workers,
their order or their place."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, is_dataclass
from functools import cached_property
from importlib import import_module
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from simex.measures import BY_COLUMN
from simex.parameters import Parameters
from simex.plan import Plan
from simex.plan import file as plan_file
from simex.plan.words import plain
from simex.population import Population
from simex.runs import Engine, Resolution, RunTable
from simex.scenario import Layer

from .cells import Cell, layer_name, replicate_numbers

RUNS_A_CHUNK = 100
ROOMS = "room_lockdown_s"
# In a file of runs: the digest of what they are of, so that runs of two studies are never read as of one
OF = b"of"
ENGINES = {
    Resolution.NETWORK: "simex.network:NetworkEngine",
    Resolution.CONTINUOUS: "simex.continuous:ContinuousEngine",
}
ENGINE = ENGINES[Resolution.NETWORK]


@dataclass(frozen=True)
class Chunk:
    """Replicates at places start to stop - 1 of a cell, in a layer."""

    layer: Layer
    cell: int
    start: int
    stop: int

    @property
    def name(self) -> str:
        return f"{layer_name(self.layer)}/cell-{self.cell:04d}-{self.start:05d}-{self.stop:05d}.parquet"

    @property
    def runs(self) -> int:
        return self.stop - self.start


@dataclass(frozen=True)
class Order:
    """All that a worker needs, once for a whole study.

    engine: "module:class" of an `Engine` that is made from (plan, parameters, population). unwritten: columns
    that never reach a file; they are no part of the digest, since they change no run."""

    plan: Plan
    parameters: Parameters
    population: Population
    cells: tuple[Cell, ...]
    seed: int
    engine: str = ENGINE
    unwritten: frozenset[str] = frozenset()

    @cached_property
    def _common(self) -> list[Any]:
        return [
            plan_file.digest(self.plan),
            self.parameters.digest(),
            asdict(self.population),
            self.seed,
            self.engine,
        ]

    def digest(self) -> str:
        return digest_of([*self._common, [_facts(cell) for cell in self.cells]])

    def runs_digest(self, cell: int, layer: Layer) -> str:
        """Of one cell's runs in a layer. Other cells are no part of it: a level more in a design leaves their
        files as they are (check L8c)."""
        return digest_of([*self._common, _facts(self.cells[cell]), asdict(layer)])


def _facts(cell: Cell) -> list[Any]:
    return [asdict(cell.scenario), cell.replicates, cell.first]


def digest_of(facts: Any) -> str:
    """SHA-256 of plain values."""
    return hashlib.sha256(json.dumps(facts, sort_keys=True, default=_plain).encode()).hexdigest()


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    raise TypeError(f"{type(value).__name__} has no plain form")


def split(start: int, stop: int) -> Iterator[tuple[int, int]]:
    """Cuts places start to stop - 1 at the multiples of `RUNS_A_CHUNK`."""
    while start < stop:
        end = min((start // RUNS_A_CHUNK + 1) * RUNS_A_CHUNK, stop)
        yield start, end
        start = end


def chunks_between(layer: Layer, cells: Sequence[Cell], start: int, stop: int) -> list[Chunk]:
    """The chunks of places start to stop - 1 of every cell; fewer where a cell has fixed replicates."""
    return [
        Chunk(layer, cell.index, low, high)
        for cell in cells
        for low, high in split(start, stop if cell.replicates is None else min(stop, len(cell.replicates)))
    ]


_ready: dict[str, Engine] = {}


def engine_of(order: Order, identity: str) -> Engine:
    """The engine of an order, made once in this process. identity: `Order.digest()`."""
    if identity not in _ready:
        module, _, attribute = order.engine.partition(":")
        _ready.clear()  # one study's engine at a time is enough memory
        _ready[identity] = cast(
            Engine, getattr(import_module(module), attribute)(order.plan, order.parameters, order.population)
        )
    return _ready[identity]


def compute(order: Order, chunk: Chunk, identity: str) -> bytes:
    """Runs a chunk and gives its file. identity: `Order.digest()`, reckoned once by the caller."""
    engine = engine_of(order, identity)
    cell = order.cells[chunk.cell]
    replicates = replicate_numbers(cell, chunk.start, chunk.stop)
    table = engine.run(cell.scenario, seed=order.seed, replicates=replicates, layer=chunk.layer)
    return encode(table.without(order.unwritten), order.runs_digest(chunk.cell, chunk.layer))


class EarlierVersion(ValueError):
    """A chunk's file that cannot be gone on with: its study must be run again."""


def encode(table: RunTable, of: str) -> bytes:
    """A table of runs as a Parquet file, without times, names of machines or an order that could vary. of:
    `Order.runs_digest`."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    rooms = np.ascontiguousarray(table.room_lockdown_s, dtype=np.float32)
    columns: dict[str, Any] = {"replicate": _array(pa, pa.int64(), table.replicates.astype(np.int64))}
    columns |= {
        name: _array(pa, pa.float64(), values.astype(np.float64))
        for name, values in sorted(table.columns.items())
    }
    if rooms.size:
        columns[ROOMS] = pa.FixedSizeListArray.from_arrays(
            _array(pa, pa.float32(), rooms.ravel()), rooms.shape[1]
        )
    whole = pa.table(columns).replace_schema_metadata({"horizon_s": repr(float(table.horizon_s)), OF: of})
    sink = pa.BufferOutputStream()
    pq.write_table(whole, sink, compression="zstd", write_statistics=False, write_page_checksum=True)
    return bytes(sink.getvalue())


def _array(pa: Any, kind: Any, values: NDArray[Any]) -> Any:
    # Not pa.array(values): it would import pandas, which takes longer than a thousand runs.
    return pa.Array.from_buffers(kind, len(values), [None, pa.py_buffer(np.ascontiguousarray(values))])


def decode(content: bytes, of: str) -> RunTable:
    """The table of runs in a chunk's file. Raises ValueError when it is no such file, or of other runs than
    those with this `Order.runs_digest`."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        file = pq.ParquetFile(pa.BufferReader(content), page_checksum_verification=True)
        if file.metadata.num_rows > RUNS_A_CHUNK:
            raise ValueError(f"it holds {file.metadata.num_rows:,} runs")
        whole = file.read(use_threads=False)
        whole.validate()
        horizon_s, found = float(whole.schema.metadata[b"horizon_s"]), whole.schema.metadata.get(OF)
    except (pa.ArrowException, OSError, LookupError, TypeError) as error:
        raise ValueError(f"it is no file of runs: {str(error)[:200]}") from None
    if found is None:
        raise EarlierVersion("it does not say of which study, as files of earlier versions")
    if found != of.encode():
        raise ValueError("it holds runs of another study")
    for name in ("replicate", *whole.column_names):
        kind = {"replicate": pa.int64(), ROOMS: None}.get(name, pa.float64())
        if name not in (*BY_COLUMN, "replicate", ROOMS):
            raise ValueError(f"its column “{plain(name, 60)}” is no measure")
        if (
            name not in whole.column_names
            or whole.column(name).null_count
            or (kind is not None and whole.schema.field(name).type != kind)
        ):
            raise ValueError(f"its column {name[:60]} is missing or of another kind")
    columns = {
        name: _numbers(whole.column(name), np.float64)
        for name in whole.column_names
        if name not in ("replicate", ROOMS)
    }
    replicates = _numbers(whole.column("replicate"), np.int64)
    rooms = np.empty((len(replicates), 0), np.float32)
    if ROOMS in whole.column_names:
        rooms = _numbers(whole.column(ROOMS).combine_chunks().flatten(), np.float32).reshape(
            len(replicates), -1
        )
    return RunTable(replicates, columns, rooms, horizon_s)


def _numbers(column: Any, kind: Any) -> NDArray[Any]:
    array = column.combine_chunks() if hasattr(column, "combine_chunks") else column
    return np.frombuffer(array.buffers()[1], dtype=kind, count=array.offset + len(array))[array.offset :]
