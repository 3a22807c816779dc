"""`kunji` run by the test's own process: the same words, streams and exit code, without the second that a start costs.

What has to be a process (its arguments, its signals, its terminal) is started as one; see `Kunji.run`.
"""

import io
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout

from app.system import masking
from tests.cli import harness


def run(arguments: list[str], typed: str) -> tuple[int, str, str]:
    """Exit code, standard output and standard error of `kunji` with `typed` on its standard input."""
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) for _ in range(2))
    with _standard_input(typed), _hooks(), redirect_stdout(out), redirect_stderr(err):
        try:
            code = harness.run(arguments)
        except SystemExit as end:
            code = int(end.code or 0)
    return code, _said(out), _said(err)


def _said(stream: io.TextIOWrapper) -> str:
    stream.seek(0)
    return stream.read()


@contextmanager
def _standard_input(typed: str) -> Iterator[None]:
    """The program reads the file with the number 0, not Python's object."""
    before = os.dup(0)
    reader, writer = os.pipe()
    os.write(writer, typed.encode())
    os.close(writer)
    os.dup2(reader, 0)
    os.close(reader)
    try:
        yield
    finally:
        os.dup2(before, 0)
        os.close(before)


@contextmanager
def _hooks() -> Iterator[None]:
    """What a process puts up for itself is taken down again."""
    before = sys.excepthook, threading.excepthook, sys.unraisablehook
    try:
        yield
    finally:
        sys.excepthook, threading.excepthook, sys.unraisablehook = before
        masking.remove()
