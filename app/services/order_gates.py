"""From where the accounts can trade: what the brokers are asked about it, what the user noted, what is kept of it.

Asked is once after an account was connected, after an order was refused, and when this computer may be somewhere else:
the broker answers again after it did not, the machine slept, another internet protocol was chosen.
"""

import logging
from typing import TYPE_CHECKING, Final

from app.domain import InvalidRequest, OrderAddresses, TradingError, as_address
from app.domain.intents import Record
from app.domain.order_life import Evidence
from app.domain.tongue import tr
from app.services.accounts import Accounts
from app.services.pacing import Background
from app.services.remembered import Remembered
from app.services.sessions import Coordinator
from app.services.views import (
    AccountChanged,
    AccountRemoved,
    AccountState,
    AccountView,
    Event,
    IntentChanged,
    PreferencesChanged,
)

if TYPE_CHECKING:
    from app.store import AppStore

_log: Final = logging.getLogger(__name__)
_ANSWERS: Final = (AccountState.READY, AccountState.ENDS_SOON, AccountState.WATCH_ONLY)
_NOTED: Final = "order_addresses"
_REFUSED: Final = "orders_refused"


class OrderGates:
    """The gates of all accounts."""

    def __init__(self, accounts: Accounts, store: "AppStore", *, ipv4_only: bool) -> None:
        self._accounts = accounts
        self._settings = store.settings
        self._refused = Remembered(store, _REFUSED)
        self._ipv4_only = ipv4_only
        self._work = Background()

    def restore(self) -> None:
        """Take up what was noted and refused before Kunji was closed."""
        noted: dict[str, object] = self._settings.get(_NOTED, {})
        for one in self._accounts:
            one.gate.note(as_address(str(noted.get(one.user_id, ""))))
            one.gate.restore(self._refused.get(one.user_id, ""))
            one.changed()

    async def note(self, user_id: str, text: str) -> AccountView:
        """Keep `text` as the address that the user registered; an empty one is none.

        Raises `NotFound`, `InvalidRequest`, or the `VaultError` that kept it from the disk.
        """
        one, address = self._accounts.find(user_id), as_address(text)
        if text.strip() and not address:
            raise InvalidRequest(
                "address: no internet address",
                title=tr("{text} is no internet address", text=text.strip()[:60]),
                next_step=tr("Write it as 198.51.100.7, as it stands on the broker's page."),
                field="address",
            )
        await self._write(user_id, address)
        one.gate.note(address)
        one.changed()
        return one.view()

    def hear(self, event: Event) -> None:
        """Ask when it is time, and keep what was refused; a listener of `Events`."""
        if isinstance(event, AccountChanged) and event.view.user_id in self._accounts:
            self._follow(self._accounts.find(event.view.user_id), event.view.state)
        elif isinstance(event, AccountRemoved):
            self._work.start(f"forget {event.user_id}", lambda: self._forget(event.user_id))
        elif isinstance(event, IntentChanged):
            self._learn(event.record)
        elif isinstance(event, PreferencesChanged) and event.view.ipv4_only is not self._ipv4_only:
            self._ipv4_only = event.view.ipv4_only
            for one in self._accounts:
                one.gate.forget()
                self._again(one)

    async def told(self, user_id: str) -> bool | None:
        """Ask the broker now whether it takes orders from here; None where it lets nobody ask, or does not answer.

        Raises `NotFound`.
        """
        said = await self._ask(self._accounts.find(user_id))
        return None if said is None else said.taken

    def doubt(self) -> None:
        """The machine slept: it may be somewhere else now."""
        for one in self._accounts:
            one.gate.doubt()
            self._again(one)

    async def close(self) -> None:
        """Give up questions; what was refused is on the disk afterwards."""
        await self._work.close()
        await self._refused.save()

    # ------------------------------------------------------------------ parts

    def _learn(self, record: Record) -> None:
        """An order that was taken just now was taken from here; one found in a book may be from anywhere."""
        taken = bool(record.steps) and record.steps[-1].evidence is Evidence.ANSWERED
        if taken and record.intent.user_id in self._accounts:
            self._accounts.find(record.intent.user_id).orders_taken()

    def _again(self, one: Coordinator) -> None:
        one.changed()
        self._follow(one, one.view().state)

    def _follow(self, one: Coordinator, state: AccountState) -> None:
        if state in _ANSWERS and not one.gate.asked:
            one.gate.asked = True
            self._work.start(f"ask {one.user_id}", lambda: self._ask(one))
        elif state in (AccountState.OFFLINE, AccountState.SIGNED_OUT):
            one.gate.asked = False
        if one.gate.kept != self._refused.get(one.user_id, ""):
            self._refused[one.user_id] = one.gate.kept
            self._work.start("save", self._refused.save)

    async def _ask(self, one: Coordinator) -> OrderAddresses | None:
        try:
            said = await one.call(lambda broker: broker.get_order_addresses(), kind="addresses", evidence=False)
        except TradingError as error:  # then it is as little known as before
            _log.info("addresses not told account=%s kind=%s", one.user_id, error.kind)
            return None
        if said is not None:
            one.gate.hear(said)
            one.changed()
        return said

    async def _write(self, user_id: str, address: str) -> None:
        noted: dict[str, str] = self._settings.get(_NOTED, {})
        if address != noted.get(user_id, ""):
            kept = {key: value for key, value in noted.items() if key != user_id}
            await self._settings.set(_NOTED, kept | ({user_id: address} if address else {}))

    async def _forget(self, user_id: str) -> None:
        self._refused.pop(user_id, None)
        await self._refused.save()
        try:
            await self._write(user_id, "")
        except TradingError as error:  # the account is gone; a line that stays is of nobody
            _log.warning("address not forgotten account=%s kind=%s", user_id, error.kind)
