"""What the journal last said of an order, in the words that people read.

The journal itself stays as it was written: in the words of the source, with the kind of an error behind its title.
"""

import re
from typing import Final

from app.domain.errors import NotSent
from app.domain.intents import Record
from app.domain.order_life import Fate
from app.domain.tongue import tr

HELD_BACK: Final = "an order of the same ticket before it was not taken for certain"
ENDED: Final = "Kunji ended before the answer came"
RESTARTED: Final = "Kunji ended in between"
_OURS: Final = frozenset({HELD_BACK, ENDED, RESTARTED})
"""Sentences of our own; all others come translated already, or are the broker's."""

KIND: Final = re.compile(r" \(([a-z_]+)\)(?=:|$)")
"""Where the words on an order name the kind of its error (`services.order_sender`)."""


def detail_of(record: Record) -> str:
    """The last words on it, as they were written down."""
    return next((step.detail for step in reversed(record.steps) if step.detail), "")


def said(record: Record) -> str:
    """The last words on it, the broker's as they came; the kind of an error is not for people."""
    detail = detail_of(record)
    return tr(detail) if detail in _OURS else KIND.sub("", detail)


def said_plainly(record: Record) -> str:
    """The same without what only a mechanic reads: the machine's own words on a request that got no answer.

    The broker's own words on a refusal stay.
    """
    detail = detail_of(record)
    if record.fate.is_open:
        return tr(detail) if detail in _OURS else ""  # what a lost answer means stands on the page itself
    found = KIND.search(detail)
    if record.fate is Fate.NOT_SENT and found is not None and found[1] == NotSent.kind:
        return detail[: found.start()]
    return said(record)
