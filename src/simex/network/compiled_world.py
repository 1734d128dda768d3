"""The world as compiled code passes it from function to function: one pointer, not thirty arrays, which numba would compile into every call."""

from __future__ import annotations

from typing import Any

from numba import types
from numba.core import cgutils
from numba.core.datamodel import models
from numba.core.imputils import impl_ret_borrowed, lower_getattr_generic
from numba.core.typing.templates import AttributeTemplate, infer_getattr
from numba.extending import intrinsic, register_model


class _WorldType(types.Type):
    """Points to the arrays of a `World`, which outlive every call: nobody counts references to them. Its name is part of every compiled name."""

    def __init__(self, arrays: Any) -> None:
        super().__init__("World")
        self.arrays = arrays


@register_model(_WorldType)
class _Model(models.PrimitiveModel):
    def __init__(self, manager: Any, kind: _WorldType) -> None:
        super().__init__(manager, kind, manager.lookup(kind.arrays).get_value_type().as_pointer())


@infer_getattr
class _Attributes(AttributeTemplate):
    key = _WorldType

    def generic_resolve(self, kind: _WorldType, name: str) -> Any:  # type: ignore[override]
        return kind.arrays[kind.arrays.fields.index(name)] if name in kind.arrays.fields else None


@lower_getattr_generic(_WorldType)
def _attribute(context: Any, builder: Any, kind: _WorldType, pointer: Any, name: str) -> Any:
    place = kind.arrays.fields.index(name)
    array = builder.load(cgutils.gep_inbounds(builder, pointer, 0, place))
    return impl_ret_borrowed(context, builder, kind.arrays[place], array)


def _refer(_: Any, arrays: Any) -> Any:
    def pointer(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        return cgutils.alloca_once_value(builder, values[0])

    return _WorldType(arrays)(arrays), pointer


refer: Any = intrinsic(_refer)
"""Gives compiled code the reference to a `World`, good until the function that asks returns."""
