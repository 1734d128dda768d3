"""How the functions of an engine are compiled: as one whole, kept on disk by the outermost function, never
one by one.

Numba finds kept code by the file of a function alone. Kept one by one, a function would go on calling the old
code of another file after an upgrade. Left to itself, numba also compiles a function once for each constant
that it is called with, and turns each into machine code of its own together with all that it calls, though
only the outermost is ever entered from Python: three quarters of a first run (docs/simex/compiling.md)."""

from __future__ import annotations

import hashlib
import importlib
import os
import pickle
import signal
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache, partial
from pathlib import Path
from typing import Any

from numba import types
from numba.core.caching import CompileResultCacheImpl, FunctionCache, IndexDataCacheFile, NullCache
from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import Compiler
from numba.core.registry import CPUDispatcher
from numba.core.runtime.nrt import rtsys
from numba.core.serialize import dumps

from simex import first_run as first_run  # says so when it compiles

HERE = Path(__file__).parent
DIGEST_BYTES = hashlib.sha256().digest_size
BELOW = ("compiling.py", "distributions.py", "draws.py")


@cache
def source_fingerprint(*folders: Path) -> str:
    """Changes with every line of packages that are compiled and of what they build on, so that an upgraded
    engine never runs old code."""
    files = sorted(
        {*(path for folder in folders for path in folder.glob("*.py")), *(HERE / name for name in BELOW)}
    )
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()


@cache
def _leave_scipy_out() -> None:
    """Loads numba's functions on arrays without scipy's linear algebra, which numba asks for again where it
    is used."""
    if (name := "scipy.linalg.cython_blas") not in sys.modules:
        sys.modules[name] = None  # type: ignore[assignment] # as if not installed
        try:
            importlib.import_module("numba.np.arraymath")
        finally:
            del sys.modules[name]


def _is_ours(place: Path, source: Path) -> bool:
    """Whether only we, the machine's administrator and whoever wrote the source could have put there what is
    there: it is run as it is found."""
    found = place.stat()
    owners = {os.geteuid(), 0} | ({source.stat().st_uid} if source.exists() else set())
    others = stat.S_IWOTH if stat.S_ISDIR(found.st_mode) else stat.S_IWOTH | stat.S_IWGRP
    return found.st_uid in owners and not found.st_mode & others


class _Files(IndexDataCacheFile):
    """Kept code on the disk, taken only whole and from files that nobody else can write; anything else is as
    if it were not there."""

    def __init__(self, folder: str, name: str, stamp: Any, source: str) -> None:
        super().__init__(folder, name, stamp)
        self._source = Path(source)

    def _load_index(self) -> Any:
        try:
            return super()._load_index() if _is_ours(Path(self._index_path), self._source) else {}
        except Exception:  # half a pickle may fail in any way; it is written anew
            return {}

    def _load_data(self, name: str) -> Any:
        path = Path(self._data_path(name))
        content = path.read_bytes() if _is_ours(path, self._source) else b""
        digest, data = content[:DIGEST_BYTES], content[DIGEST_BYTES:]
        return pickle.loads(data) if hashlib.sha256(data).digest() == digest else None  # noqa: S301 - a file of our own, as it was written

    def _save_data(self, name: str, data: Any) -> None:
        content = self._dump(data)
        with self._open_for_write(self._data_path(name)) as file:
            file.write(hashlib.sha256(content).digest() + content)

    @contextmanager
    def _open_for_write(self, filepath: str) -> Iterator[Any]:
        with super()._open_for_write(filepath) as file:
            os.fchmod(
                file.fileno(), stat.S_IMODE(os.fstat(file.fileno()).st_mode) & ~(stat.S_IWGRP | stat.S_IWOTH)
            )
            yield file


def _in_a_folder_of_ours(locator: Any) -> Any:
    """A place of numba's for kept code, passed over where somebody else could write."""

    class Place(locator):
        @classmethod
        def from_function(cls, py_func: Any, py_file: str) -> Any:
            found = super().from_function(py_func, py_file)
            return (
                found if found is not None and _is_ours(Path(found.get_cache_path()), Path(py_file)) else None
            )

    return Place


class _Places(CompileResultCacheImpl):
    _locator_classes = [_in_a_folder_of_ours(one) for one in CompileResultCacheImpl._locator_classes]  # noqa: RUF012 - numba's


class _Kept(FunctionCache):
    _impl_class = _Places
    builds_on: tuple[str, ...] = ()
    elsewhere = False

    def __init__(self, function: Callable[..., Any]) -> None:
        super().__init__(function)
        place = self._impl.locator
        self._cache_file = _Files(
            self._cache_path,
            self._impl.filename_base,
            place.get_source_stamp(),
            function.__code__.co_filename,
        )

    def save_overload(self, signature: Any, data: Any) -> None:
        try:
            super().save_overload(signature, data)
        except OSError as error:  # the result is there all the same
            first_run.tell_not_kept(f"{self._cache_path}: {error.strerror}")

    def _index_key(self, signature: Any, code: Any) -> Any:
        own = Path(self._py_func.__code__.co_filename).parent
        return (
            *super()._index_key(signature, code),
            source_fingerprint(own, *(HERE / package for package in self.builds_on)),
        )

    def load_overload(self, signature: Any, target_context: Any) -> Any:
        """What is kept, without numba's own way of loading all that compiling needs before it looks: a third
        of a warm start."""
        rtsys.initialize(target_context)
        with self._guard_against_spurious_io_errors():
            found = self._load_overload(signature, target_context)
            if found is None and self.elsewhere and compile_elsewhere(self._py_func, signature):
                found = self._load_overload(signature, target_context)
        if found is None:
            _leave_scipy_out()
        return found


class _Nowhere(NullCache):
    def save_overload(self, signature: Any, data: Any) -> None:
        first_run.tell_not_kept("there is no folder for it that you can write and others cannot")


def _keeping(function: Callable[..., Any]) -> Any:
    """Where a function's code is kept; nowhere, where no folder is ours alone (a program that we may not
    write, and no home)."""
    try:
        return _Kept(function)
    except RuntimeError:  # numba's, after all its places
        return _Nowhere()


def compile_elsewhere(function: Callable[..., Any], signature: Any) -> bool:
    """Compiles a function of a module in a process of its own, which ends: what compiling takes stays taken,
    and one whole would add to another.

    False where that cannot be done, as in a function of a notebook's.
    """
    if (
        function.__module__ == "__main__"
        or not sys.executable
        or "compiles" in os.environ.get("SIMEX_PROCESS", "")
    ):
        return False
    first_run.tell()
    order = dumps((function.__module__, function.__qualname__, signature))
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
        "SIMEX_PROCESS": "compiles",
    }
    code = "from simex.compiling import compile_as_told; compile_as_told()"
    # -P: without it the folder that one happens to stand in comes first, and a numba.py in it would be taken
    # for numba.
    ended = subprocess.run(  # noqa: S603
        [sys.executable, "-P", "-c", code],
        input=order,
        env=environment,
        stderr=subprocess.DEVNULL,
        check=False,
    )
    return ended.returncode == 0


def compile_as_told() -> None:
    """The whole work of such a process; what is to be compiled stands on standard input."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who waits for it ends it
    module, name, signature = pickle.loads(sys.stdin.buffer.read())  # noqa: S301 - from the process that started this one
    getattr(importlib.import_module(module), name).compile(signature)


class _Part(JITCodeLibrary):
    """The code of an inner function: handed on as it is, without what it calls, for the outermost function to
    make machine code of."""

    class codegen:  # noqa: N801 - numba's name
        """What numba asks to bind the Python objects of a function to its machine code: here there is no
        machine code, and no object either."""

        @staticmethod
        def set_env(name: str, environment: Any) -> None:
            pass

    def finalize(self) -> None:
        self._raise_if_finalized()
        self._finalize_dynamic_globals()
        self._finalized = True


class _Whole(JITCodeLibrary):
    """The code of an outermost function, which takes in all parts, those of its parts too, to be optimized
    once and together."""

    def add_linking_library(self, library: Any) -> None:
        if library not in self._linking_libraries:
            super().add_linking_library(library)
            if isinstance(library, _Part):
                for one in library._linking_libraries:
                    self.add_linking_library(one)


def _into(kind: type[JITCodeLibrary]) -> type[Compiler]:
    """Numba's compiler, with its result in a library of this kind."""

    class Into(Compiler):
        def __init__(self, typing: Any, target: Any, library: Any, *rest: Any) -> None:
            library = kind(target.codegen(), "simex")
            library.enable_object_caching()
            super().__init__(typing, target, library, *rest)

    return Into


_PART, _WHOLE = _into(_Part), _into(_Whole)


class _Inner(CPUDispatcher):
    """A function that compiled code alone calls: compiled once for all whole numbers, be they constants,
    enumerations, narrow or wide."""

    def get_call_template(self, args: Sequence[Any], kws: Any) -> Any:
        return super().get_call_template(tuple(_general(kind) for kind in args), kws)


def _general(kind: Any) -> Any:
    kind = types.unliteral(kind)
    narrow = (types.int8, types.int16, types.int32, types.uint8, types.uint16, types.uint32)
    return types.int64 if isinstance(kind, types.IntEnumMember) or kind in narrow else kind


def inner(function: Callable[..., Any] | None = None, *, makes_arrays: bool = False) -> Any:
    """Marks a function that only compiled code calls. makes_arrays: it makes arrays or is given new ones
    back, so it must count references."""
    if function is None:
        return partial(inner, makes_arrays=makes_arrays)
    options = {
        "nopython": True,
        "no_cpython_wrapper": True,
        "no_cfunc_wrapper": True,
        "error_model": "numpy",
        "_nrt": makes_arrays,
    }
    return _Inner(function, targetoptions=options, pipeline_class=_PART)


class _Separate(CPUDispatcher):
    """A function that compiled code alone calls, optimized by itself: compiled once for all constants, and
    not made callable from Python."""

    def get_call_template(self, args: Sequence[Any], kws: Any) -> Any:
        return super().get_call_template(tuple(types.unliteral(kind) for kind in args), kws)


def separate(
    function: Callable[..., Any] | None = None, *, fastmath: bool = True, inline: str = "never"
) -> Any:
    """Marks a function that only compiled code calls, to be optimized before what calls it, which decides the
    last digits of floats."""
    if function is None:
        return partial(separate, fastmath=fastmath, inline=inline)
    options: dict[str, Any] = {
        "nopython": True,
        "no_cpython_wrapper": True,
        "no_cfunc_wrapper": True,
        "error_model": "numpy",
        "_nrt": False,
        "inline": inline,
    }
    options["fastmath"] = bool(fastmath)
    return _Separate(function, targetoptions=options)


def kept(function: Callable[..., Any]) -> Any:
    """Marks a small function that both Python and compiled code call."""
    dispatcher: Any = CPUDispatcher(function, targetoptions={"nopython": True})
    dispatcher._cache = _keeping(function)
    return dispatcher


def outermost(
    function: Callable[..., Any] | None = None,
    *,
    fastmath: bool = False,
    in_one: bool = True,
    builds_on: tuple[str, ...] = (),
) -> Any:
    """Marks a function that Python calls, kept on disk with all that it calls. builds_on: other packages of
    simex that it calls.

    in_one: what it calls are `inner` functions, made into machine code with it at once. Without, they are
    `njit` functions (not kept by themselves), which numba optimizes one by one first: with `fastmath` the
    last digits of a result depend on that."""
    if function is None:
        return partial(outermost, fastmath=fastmath, in_one=in_one, builds_on=builds_on)
    options = {"nopython": True, "error_model": "numpy", "fastmath": fastmath}
    dispatcher: Any = CPUDispatcher(
        function, targetoptions=options, pipeline_class=_WHOLE if in_one else Compiler
    )
    dispatcher._cache = _keeping(function)
    dispatcher._cache.builds_on, dispatcher._cache.elsewhere = builds_on, True
    return dispatcher
