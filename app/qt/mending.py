"""A damaged file of the profile: the trouble page offers the copy that can be put back, and opening is tried again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from app.qt.bridge import Runner
    from app.qt.panels.trouble import TroublePage

_DAMAGED: Final = frozenset({"vault_damaged", "vault_foreign"})  # of either file; a newer one is not damaged


class OfferLike(Protocol):
    """A damaged file and its copy (`services.mending.Offer`)."""

    @property
    def name(self) -> str:
        """The file."""
        ...

    @property
    def at(self) -> datetime:
        """When the copy was taken."""
        ...


class MendingPort(Protocol):
    """Which copy can be put back, and doing it (`services.mending.Mending`)."""

    async def offer(self) -> OfferLike | None:
        """What can be put back, if anything."""
        ...

    async def mend(self, name: str = "") -> OfferLike:
        """Put it back; the damaged original is kept. Raises a `TradingError`."""
        ...


def offer_copy(
    port: MendingPort, page: TroublePage, error: BaseException, run: Runner, again: Callable[[], None]
) -> None:
    """Let `page`, which tells `error`, offer the copy; once it is put back, try `again`."""
    if getattr(error, "kind", "") not in _DAMAGED:
        return

    def put_back(offer: OfferLike) -> None:
        run(page, port.mend(offer.name), newest="mend").busy(page.restore).done(lambda _: again()).failed(
            page.show_error
        )

    def show(offer: OfferLike | None) -> None:
        if offer is not None:
            page.offer(offer.at, lambda: put_back(offer))

    run(page, port.offer(), newest="offer").done(show)
