"""What stands in the way of a draft, by field: what the fields themselves show, and what the checks found."""

from collections.abc import Iterable, Mapping
from typing import Final

from app.qt.bridge import words_of
from app.qt.ticket.draft import Reading
from app.services.order_views import Finding, Weight

Told = Mapping[str, tuple[str, str]]
"""Weight and words of what was found, by the field it is about, or by the check where it is about none."""

_SAME: Final = {
    "trigger": "trigger_price",
    "disclosed": "disclosed_quantity",
    "exchange": "symbol",
    "type": "order_type",
}
_ENDS: Final = ".?!"
_HEAVY: Final = tuple(Weight)


def of_reading(reading: Reading, *, pressed: bool) -> Told:
    """What is wrong with the fields; `pressed`: the trader wants to go on, and what is missing is in the way, too."""
    found = {field: (Weight.STOP.value, words) for field, words in reading.wrong.items()}
    if pressed:
        found |= {field: (Weight.STOP.value, words) for field, words in reading.missing.items()}
    return found


def of_findings(findings: Iterable[Finding]) -> Told:
    """What the checks found; of several about one field all words, under the heaviest weight."""
    made: dict[str, tuple[str, str]] = {}
    for one in sorted(findings, key=lambda one: _HEAVY.index(one.weight)):
        field = _SAME.get(one.field, one.field) or one.check
        weight, words = made.get(field, (one.weight.value, ""))
        made[field] = (weight, " ".join(part for part in (words, said(one)) if part))
    return made


def said(finding: Finding) -> str:
    """What was found, and what to do, as sentences."""
    return " ".join(part if part[-1] in _ENDS else f"{part}." for part in (finding.text, finding.next_step) if part)


def of_error(error: BaseException) -> Finding:
    """What failed, as what stands in the way."""
    title, next_step = words_of(error)
    return Finding(getattr(error, "kind", "error"), Weight.STOP, title, next_step, getattr(error, "field", ""))
