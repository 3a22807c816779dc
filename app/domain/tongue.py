"""The one way from a text in the source to a text that is seen: whoever shows texts may put a translator here.

A sentence is translated whole, with names in braces for what changes in it; their values are put in afterwards:

    tr("{title} is signed out", title=view.title)

Texts that stand in tables (`BrokerSpec.guide`, an error's title) are translated where they are shown.
"""

from collections.abc import Callable
from typing import Any

_translate: Callable[[str], str] = str


def speak(translate: Callable[[str], str]) -> None:
    """Translate with `translate` from now on; `str` leaves every text as it stands in the source."""
    global _translate  # noqa: PLW0603 - one language for the process, as one clock zone
    _translate = translate


def tr(text: str, /, **values: Any) -> str:
    """`text` in the language of the user, `values` put in where it names them."""
    said = _translate(text)
    return said.format(**values) if values else said
