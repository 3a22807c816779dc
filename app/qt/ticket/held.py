"""What an account holds of an instrument, by product, as its books were read last. No Qt."""

from app.domain import Exchange, Product
from app.qt.models.board import Board
from app.services.book_views import Book, HoldingsView, PositionsView


def held(board: Board, user_id: str, exchange: Exchange | None, symbol: str) -> dict[str, int]:
    """Units by product, short ones negative; holdings count as delivery. Empty where nothing is known."""
    found: dict[str, int] = {}
    positions, holdings = board.book(Book.POSITIONS, user_id), board.book(Book.HOLDINGS, user_id)
    for one in (positions.rows or ()) if isinstance(positions, PositionsView) else ():
        if (one.symbol, one.exchange) == (symbol, exchange):
            found[one.product] = found.get(one.product, 0) + one.quantity
    for share in (holdings.rows or ()) if isinstance(holdings, HoldingsView) else ():
        if (share.symbol, share.exchange) == (symbol, exchange):
            found[Product.CNC] = found.get(Product.CNC, 0) + share.quantity
    return found
