"""Qt comes up without what PySide6 does for purposes that nothing here has, and still explains a wrong call."""

import subprocess
import sys

LOADED = """
import builtins, sys
own = builtins.compile
from app.qt import imports
imports.plain_imports()
from PySide6.QtCore import QSize
"""
WRONG = """
try:
    QSize("wide")
except TypeError as error:
    print(error)
"""
NOT_YET = """
print(*(name for name, module in sys.modules.items() if "signature" in name and "__getattr__" in vars(module)))
print(builtins.__import__ is builtins.__feature_import__, builtins.compile is own)
"""


def said(code: str) -> list[str]:
    done = subprocess.run([sys.executable, "-c", LOADED + code], capture_output=True, text=True, check=True, timeout=60)
    return done.stdout.splitlines()


def test_what_explains_wrong_calls_is_not_compiled_at_a_start() -> None:
    put_off, restored = said(NOT_YET)

    names = {name.rpartition(".")[2] for name in put_off.split()}
    assert names == {"enum_sig", "errorhandler", "layout", "parser", "pyi_generator"}
    assert restored == "False True"


def test_wrong_call_is_explained_as_pyside_does_it() -> None:
    words = said(WRONG)

    assert words[0] == "'PySide6.QtCore.QSize.__init__' called with wrong argument types:"
    assert "  PySide6.QtCore.QSize.__init__(w: int, h: int, /)" in words


def test_text_of_a_name_that_does_not_exist_is_pythons_own() -> None:
    assert said("import PySide6.support.signature.parser as parser\nprint(hasattr(parser, 'nothing'))") == ["False"]
