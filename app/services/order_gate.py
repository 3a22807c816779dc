"""Whether a broker takes orders from where this computer is: what is known of it, from whom, and in which words.

Reads work from anywhere, orders come through from registered addresses only. A refusal holds until an order was taken,
the broker said otherwise, the user noted another address, or chose another way into the net: also over a restart.
"""

import json
import re
from typing import Final

from app.domain import IpNotRegistered, OrderAddresses, TradingError, as_address
from app.domain.tongue import tr
from app.services.views import Allowed, Permit

_WORD: Final = re.compile(r"[0-9A-Fa-f:.]{3,45}")
_WATCH: Final = "You can still watch."
_IPV4: Final = "Switch on IPv4 only in the settings: this computer went there by IPv6. You can still watch."


class OrderGate:
    """Of one account. `asked` says that the broker was asked about its addresses since that was last in doubt."""

    def __init__(self, label: str) -> None:
        """`label` is the broker's name for people; nothing is known yet."""
        self.noted = ""
        self.taken = False
        self.asked = False
        self.refusal: TradingError | None = None
        self._label = label
        self._raw: TradingError | None = None  # in the broker's words
        self._said: OrderAddresses | None = None

    def refuse(self, error: TradingError) -> None:
        """An order was refused for the address."""
        self._raw, self.taken, self.asked = error, False, False
        self._word()

    def take(self) -> None:
        """An order was taken: an earlier refusal no longer holds."""
        self._raw, self.taken = None, True
        self._word()

    def hear(self, said: OrderAddresses) -> None:
        """The broker said from where it takes orders."""
        self._said = said
        if said.taken:
            self.take()
        elif said.taken is False:
            self._raw, self.taken = self._raw or IpNotRegistered(), False
        self._word()

    def doubt(self) -> None:
        """This computer may be somewhere else now: what was a yes is none any more."""
        self.taken = self.asked = False

    def forget(self) -> None:
        """Whatever was refused came from another address."""
        self._raw = self._said = None
        self.doubt()
        self._word()

    def note(self, address: str) -> None:
        """The user says that `address` is the registered one; empty when he says so no more."""
        if address != self.noted:
            self.noted = address
            self.forget()

    # ------------------------------------------------------------------ over a restart

    @property
    def kept(self) -> str:
        """The refusal as a text; empty without one."""
        if self._raw is None:
            return ""
        said = self._said or OrderAddresses()
        return json.dumps([self._raw.detail, self._raw.broker_code, list(said.registered), said.seen])

    def restore(self, kept: str) -> None:
        """Take up what `kept` was; a text that cannot be read counts as none."""
        try:
            detail, code, registered, seen = json.loads(kept)
            said = OrderAddresses(tuple(filter(None, map(as_address, registered))), as_address(seen))
        except (ValueError, TypeError, AttributeError):
            return
        self._raw, self._said = IpNotRegistered(str(detail), broker_code=str(code)), said
        self._word()

    # ------------------------------------------------------------------ words

    def _word(self) -> None:
        """Put the refusal into words, once: a view that says the same must be the same."""
        self.refusal = self._raw
        if self._raw is None:
            return
        said = self._said or OrderAddresses()
        seen = said.seen or _named_in(self._raw.detail)
        title = self._title(said.registered, seen)
        if title or self.noted:
            self.refusal = IpNotRegistered(
                self._raw.detail,
                title=title or None,
                next_step=self._next_step(said.registered, seen),
                broker_code=self._raw.broker_code,
            )

    def _title(self, registered: tuple[str, ...], seen: str) -> str:
        if seen in registered:  # registered a moment ago, or for another app: the broker's own words say more
            return ""
        you = tr("; you are at {seen}", seen=seen) if seen else ""
        if registered:
            return tr(
                "{label} takes orders from {join} only{you}", label=self._label, join=" and ".join(registered), you=you
            )
        return tr("{label} refuses orders from {seen}", label=self._label, seen=seen) if seen else ""

    def _next_step(self, registered: tuple[str, ...], seen: str) -> str:
        known = registered or (self.noted,)
        if ":" in seen and any("." in address for address in known):
            return tr(_IPV4)
        if registered or not self.noted:
            return tr(
                "Register your address on {label}'s page, or order from a registered one. {watch}",
                label=self._label,
                watch=tr(_WATCH),
            )
        if seen == self.noted:
            return tr(
                "You noted this address as the registered one: look at {label}'s page. {watch}",
                label=self._label,
                watch=tr(_WATCH),
            )
        return tr(
            "You noted {noted} as the registered address: order from there. {watch}", noted=self.noted, watch=tr(_WATCH)
        )


def allowed(refusal: TradingError | None, *, is_seen: bool) -> Allowed:
    """One of the three answers; a refusal is newer than what was seen before it."""
    if refusal is not None:
        return Allowed(Permit.REFUSED, refusal)
    return Allowed(Permit.YES if is_seen else Permit.NOT_KNOWN)


def _named_in(detail: str) -> str:
    """The address that a broker quotes in its refusal."""
    return next((found for word in _WORD.findall(detail) if (found := as_address(word.strip(".")))), "")
