"""What `kunji doctor` prints: section by section, with what to do below what is not well."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from app.cli.tables import Json, harmless, stamp, table
from app.domain.tongue import tr

_MARKS: Final = {"ok": "ok", "trouble": "TROUBLE", "not_known": "not known"}
_INDENT: Final = " " * 13


def lines(answer: Json, _: datetime) -> Iterator[str]:
    """Section by section, with what to do below what is not well."""
    if "lines" not in answer:
        return
    yield tr("Looked at {at}", at=stamp(answer["at"]))
    for section in dict.fromkeys(line["section"] for line in answer["lines"]):
        yield f"\n{section}"
        found = [line for line in answer["lines"] if line["section"] == section]
        rows = table(["", "", ""], [[tr(_MARKS[line["verdict"]]), line["name"], line["says"]] for line in found], "<<<")
        for line, row in zip(found, rows[1:], strict=True):
            yield f"  {row}"
            if line["todo"]:
                yield harmless(f"{_INDENT}{line['todo']}")
