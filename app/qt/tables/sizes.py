"""Sizes and colours that the parts of a table share (design.md sections 2, 3 and 6)."""

from typing import Final

from app.qt.fonts import scaled

PAD: Final = 8
EDGE: Final = 20
TRIANGLE: Final = 8
INDENT: Final = 28  # of a part below its merged line
FOLD: Final = 18  # the mark before a line that can be folded
SECOND_GAP: Final = 6
BAR: Final = 4
BAR_GAP: Final = 2


def row_height() -> int:
    """Of a line; larger with the system's text."""
    return scaled(26)


def head_height() -> int:
    """Of an account's head."""
    return scaled(30)


def money_token(value_sign: int) -> str:
    """The colour of an amount: gain, loss, plain for zero."""
    return {1: "gain", -1: "loss"}.get(value_sign, "text")
