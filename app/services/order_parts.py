"""Everything that orders take, built once and in reading order, and let go in the opposite one."""

import logging
from collections.abc import Coroutine, Mapping
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any, Final

from app.domain import VaultError
from app.domain.intents import Mode
from app.services.exits import Exits
from app.services.order_cancels import resting_in
from app.services.order_desk import OrderDesk
from app.services.order_following import OrderFollowing
from app.services.order_gates import OrderGates
from app.services.order_ground import Ground
from app.services.order_notices import OrderNotices
from app.services.order_search import OrderSearch
from app.services.order_sender import OrderSender
from app.services.sessions import Desk

if TYPE_CHECKING:
    from app.services.accounts import Accounts
    from app.services.kept_journal import KeptJournal
    from app.services.notices import Notices
    from app.services.portfolio import Portfolio
    from app.services.preferences import Preferences
    from app.store import AppStore
    from app.system.paths import Profile

_log: Final = logging.getLogger(__name__)


class OrderParts:
    """The order desk and what works for it. `mode` is None when nobody can say whether real money is meant."""

    def __init__(
        self,
        desk: Desk,
        store: "AppStore",
        accounts: "Accounts",
        *,
        journal: "KeptJournal",
        portfolio: "Portfolio",
        preferences: "Preferences",
        gates: OrderGates,
        notices: "Notices",
        mode: Mode | None,
    ) -> None:
        clock, events = desk.clock, desk.events
        self._sender = OrderSender(journal, accounts, events, clock, resting_in(portfolio))
        self._search = OrderSearch(self._sender, accounts, events, clock)
        shared: dict[str, Any] = {"accounts": accounts, "journal": journal, "gates": gates, "search": self._search}
        shared |= {"instruments": store.instruments, "clock": clock, "mode": mode}
        self._exits = Exits(
            accounts=accounts,
            portfolio=portfolio,
            sender=self._sender,
            look=Ground(**shared).look,
            clock=clock,
            events=events,
            mode=mode,
            cap=lambda: preferences.view.orders_a_minute_cap,
        )
        self.desk = OrderDesk(
            sender=self._sender, portfolio=portfolio, preferences=preferences, exits=self._exits, **shared
        )
        self._following = OrderFollowing(accounts, portfolio, clock, lambda: self._sender.records)
        telling = OrderNotices(notices, clock, lambda user_id: accounts.find(user_id).view().title)
        for listener in (self._search, self._following, telling):
            events.subscribe(listener.hear)

    def loops(self) -> Mapping[str, Coroutine[Any, Any, None]]:
        """What runs while Kunji watches, by name."""
        return {"order-search": self._look_for_lost(), "order-following": self._following.run()}

    async def close(self) -> None:
        """Three seconds for what is in flight; what then has no answer is looked for at the next start."""
        async with AsyncExitStack() as stack:  # in reverse order; an error of one does not keep the next open
            stack.push_async_callback(self.desk.close)
            stack.push_async_callback(self._sender.close)
            stack.push_async_callback(self._exits.close)

    async def _look_for_lost(self) -> None:
        """Before anything new is sent. A journal that cannot be read keeps everything back, and is tried again then."""
        try:
            await self._sender.restore()
        except VaultError as error:
            _log.error("order journal not read kind=%s", error.kind)
        await self._search.run()


def mode_of(profile: "Profile") -> Mode | None:
    """Whether real money is meant; None where the profile's mark cannot be read."""
    try:
        return Mode.DEMO if profile.is_demo else Mode.LIVE
    except OSError:
        return None
