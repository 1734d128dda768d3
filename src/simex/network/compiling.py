"""How the functions of this package are compiled: as one whole, kept on disk by the outermost function, never one by one.

Numba finds kept code by the file of a function alone. Kept one by one, a function would go on calling the old code of another file after an upgrade.
Left to itself, numba also compiles a function once for each constant that it is called with, and turns each into machine code of its own together
with all that it calls, though only the outermost is ever entered from Python: three quarters of a first run (docs/simex/compiling.md).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from numba import types
from numba.core.caching import FunctionCache
from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import Compiler
from numba.core.registry import CPUDispatcher

from simex import distributions, draws
from simex import first_run as first_run  # says so when it compiles


@cache
def source_fingerprint() -> str:
    """Changes with every line of what is compiled, so that an upgraded engine never runs old code."""
    files = [*sorted(Path(__file__).parent.glob("*.py")), Path(distributions.__file__), Path(draws.__file__)]
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()


class _Kept(FunctionCache):
    def _index_key(self, signature: Any, code: Any) -> Any:
        return (*super()._index_key(signature, code), source_fingerprint())


class _Part(JITCodeLibrary):
    """The code of an inner function: handed on as it is, without what it calls, for the outermost function to make machine code of."""

    class codegen:  # noqa: N801 - numba's name
        """What numba asks to bind the Python objects of a function to its machine code: here there is no machine code, and no object either."""

        @staticmethod
        def set_env(name: str, environment: Any) -> None:
            pass

    def finalize(self) -> None:
        self._raise_if_finalized()
        self._finalize_dynamic_globals()
        self._finalized = True


class _Whole(JITCodeLibrary):
    """The code of an outermost function, which takes in all parts, those of its parts too, to be optimized once and together."""

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
    """A function that compiled code alone calls: compiled once for all whole numbers, be they constants, enumerations, narrow or wide."""

    def get_call_template(self, args: Sequence[Any], kws: Any) -> Any:
        return super().get_call_template(tuple(_general(kind) for kind in args), kws)


def _general(kind: Any) -> Any:
    kind = types.unliteral(kind)
    narrow = (types.int8, types.int16, types.int32, types.uint8, types.uint16, types.uint32)
    return types.int64 if isinstance(kind, types.IntEnumMember) or kind in narrow else kind


def _inner(function: Callable[..., Any], **options: Any) -> Any:
    options |= {"nopython": True, "no_cpython_wrapper": True, "no_cfunc_wrapper": True, "error_model": "numpy"}
    return _Inner(function, targetoptions=options, pipeline_class=_PART)


def inner(function: Callable[..., Any]) -> Any:
    """Marks a function of this package that only compiled code calls and that makes no array, so that it need not count references."""
    return _inner(function, _nrt=False)


def inner_with_arrays(function: Callable[..., Any]) -> Any:
    """Marks a function as `inner` does, but one that makes arrays or is given new ones back."""
    return _inner(function, _nrt=True)


def outermost(function: Callable[..., Any]) -> Any:
    """Marks a function that Python calls and that calls `inner` ones; the whole is kept on disk."""
    dispatcher: Any = CPUDispatcher(function, targetoptions={"nopython": True}, pipeline_class=_WHOLE)
    dispatcher._cache = _Kept(function)
    return dispatcher
