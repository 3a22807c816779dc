"""Python's own import, put back once Qt is loaded.

PySide6 replaces it by one that reads the source of every module that is imported afterwards, to find out whether it
mentions Qt: for `from __feature__ import`, which nothing here uses. That is 40 ms of a start, and the sources stay in
memory.
"""

import builtins

import PySide6.QtCore  # noqa: F401 - loading it is what replaces the import


def plain_imports() -> None:
    """Import without reading sources from now on."""
    own = getattr(builtins, "__orig_import__", None)  # so PySide6 calls it; without it there is nothing to put back
    if own is not None:
        builtins.__import__ = own
