"""Many arrays as compiled code passes them from function to function: one pointer, where numba would compile
each of them into every call."""

from __future__ import annotations

from typing import Any

from numba import types
from numba.core import cgutils
from numba.core.datamodel import models
from numba.core.imputils import impl_ret_borrowed, lower_getattr_generic
from numba.core.typing.templates import AttributeTemplate, infer_getattr
from numba.extending import intrinsic, register_model


class _Pointer(types.Type):
    """Points to the arrays of a named tuple, which outlive every call: nobody counts references to them."""

    def __init__(self, arrays: Any) -> None:
        super().__init__(arrays.instance_class.__name__)  # part of every compiled name, so short
        self.arrays = arrays

    @property
    def key(self) -> Any:
        return self.arrays


@register_model(_Pointer)
class _Model(models.PrimitiveModel):
    def __init__(self, manager: Any, kind: _Pointer) -> None:
        super().__init__(manager, kind, manager.lookup(kind.arrays).get_value_type().as_pointer())


@infer_getattr
class _Attributes(AttributeTemplate):
    key = _Pointer

    def generic_resolve(self, kind: _Pointer, name: str) -> Any:  # type: ignore[override]
        return kind.arrays[kind.arrays.fields.index(name)] if name in kind.arrays.fields else None


@lower_getattr_generic(_Pointer)
def _attribute(context: Any, builder: Any, kind: _Pointer, pointer: Any, name: str) -> Any:
    place = kind.arrays.fields.index(name)
    array = builder.load(cgutils.gep_inbounds(builder, pointer, 0, place))
    return impl_ret_borrowed(context, builder, kind.arrays[place], array)


def _refer(_: Any, arrays: Any) -> Any:
    def pointer(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        return cgutils.alloca_once_value(builder, values[0])

    return _Pointer(arrays)(arrays), pointer


refer: Any = intrinsic(_refer)
"""Gives compiled code a pointer to a named tuple, good until the function that asks returns."""
