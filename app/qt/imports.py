"""Qt is loaded here, without what PySide6 does at each start for purposes that nothing here has.

It compiles 2,000 lines of its own source, which explain a wrong call of Qt and write stub files: 25 ms. They are
compiled when something of them is first wanted. And it replaces Python's import by one that reads the source of every
module that is imported afterwards, to find out whether it mentions Qt, for `from __feature__ import`: 40 ms of a start,
and the sources stay in memory. Python's own is put back.
"""

import builtins
import sys
from collections.abc import Callable
from functools import cache
from importlib.util import module_from_spec
from typing import Any, Final

_LATER: Final = frozenset(
    f"shibokensupport/signature/{name}.py"
    for name in ("errorhandler", "layout", "lib/enum_sig", "lib/pyi_generator", "parser")
)
"""Whose names are asked for as attributes; `mapping` is read as a dictionary by its own library, and cannot wait."""
_compile: Final = compile


def plain_imports() -> None:
    """Load Qt, and import without reading sources from then on."""
    builtins.compile = _compile_or_put_off  # only until Qt stands
    try:
        import PySide6.QtCore  # noqa: F401 - loading it is what compiles, and what replaces the import
    finally:
        builtins.compile = _compile
    own = getattr(builtins, "__orig_import__", None)  # so PySide6 calls it; without it there is nothing to put back
    if own is not None:
        builtins.__import__ = own


def put_off(name: str) -> Callable[[str], Any]:
    """The `__getattr__` of a module that was put off: the first name that is asked for loads it."""

    @cache
    def whole() -> Any:
        loader: Any = sys.modules[name].__loader__
        module = module_from_spec(loader.find_spec(name, None))
        loader.exec_module(module)
        return module

    def find(wanted: str) -> Any:
        if wanted.startswith("__"):  # the import itself asks for some, and needs none of them
            raise AttributeError(wanted)
        return getattr(whole(), wanted)

    return find


def _stand_in() -> None:
    """Run as if it were the module's own source: these globals are that module's."""
    from app.qt.imports import put_off

    globals()["__getattr__"] = put_off(__name__)


def _compile_or_put_off(source: Any, filename: Any, mode: str, *rest: Any, **named: Any) -> Any:
    return _stand_in.__code__ if filename in _LATER else _compile(source, filename, mode, *rest, **named)
