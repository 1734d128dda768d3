"""How the functions of this package are compiled: kept on disk as one whole by the outermost function of `engine`, never one by one.

Numba finds kept code by the file of a function alone. Kept one by one, a function would go on calling the old code of another file after an upgrade.
"""

from __future__ import annotations

from typing import Any

from numba import njit

inner: Any = njit(no_cpython_wrapper=True, no_cfunc_wrapper=True, error_model="numpy")  # type: ignore[call-overload]
