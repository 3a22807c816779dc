"""Which books somebody looks at on which view: these are read often, the others seldom."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from app.services.book_views import Book

_LOOKS: Final[Mapping[str, frozenset[Book]]] = MappingProxyType(
    {
        "overview": frozenset({Book.POSITIONS, Book.FUNDS}),
        "positions": frozenset({Book.POSITIONS}),
        "holdings": frozenset({Book.HOLDINGS}),
        "funds": frozenset({Book.FUNDS}),
        "orders": frozenset({Book.ORDERS, Book.TRADES}),
    }
)


def books_of(view: str) -> frozenset[Book]:
    """The books on a view by its name; an account's own page tells of it what the overview does."""
    return _LOOKS.get(view, frozenset() if view in ("", "add", "settings", "move", "help") else _LOOKS["overview"])
