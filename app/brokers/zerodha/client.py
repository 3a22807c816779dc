"""Kite's endpoints one to one, through kiteconnect, on our threads. Raw and dull: no retry, no mapping, no decision.

kiteconnect is imported on first use, on the thread that needs it: it costs 60 ms (`library.py`).
"""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from app.brokers.gauge import Gauge
from app.brokers.skew import Skew
from app.brokers.zerodha.errors import Asked
from app.domain import Clock, NotReachable, Secret, TradingError, WireSurprise
from app.domain.records import dataclass

if TYPE_CHECKING:
    from app.brokers.zerodha.session import GuardedSession
    from app.brokers.zerodha.wire import Call, Wire

API_ROOT: Final = "https://api.kite.trade"
_LARGEST_ANSWER: Final = 4 * 1024 * 1024  # a busy day's 5,000 orders
_LARGEST_MASTER: Final = 32 * 1024 * 1024  # the whole master is 9.6 MB (section 8)


@dataclass(frozen=True, slots=True)
class Keys:
    """What signs a request."""

    api_key: Secret
    access_token: Secret = Secret()


Work = Callable[["KiteClient"], Any]


class Errand:
    """One call on its way through threads: given up from outside, asked whether it left."""

    def __init__(self, asked: Asked, seconds: float, *, master: Gauge | None = None) -> None:
        self.asked = asked
        self.seconds = seconds
        self._master = master
        self._call: Call | None = None
        self._given_up = False
        self._lock = threading.Lock()

    @property
    def sent(self) -> bool:
        """Whether a byte may have left this computer."""
        with self._lock:
            return self._call is not None and self._call.sent

    def give_up(self) -> None:
        """End it now; nothing that has not left will leave."""
        with self._lock:
            self._given_up = True
            if self._call is not None:
                self._call.abort()

    def begin(self) -> "Call":
        """The call itself, made on the thread that knows the libraries."""
        from app.brokers.zerodha.wire import Call  # loaded on first use: start-up

        with self._lock:
            largest = _LARGEST_ANSWER if self._master is None else _LARGEST_MASTER
            self._call = Call(self.asked, self.seconds, largest, self._master)
            if self._given_up:
                self._call.abort()
            return self._call


class KiteClient:
    """The endpoints of one account. Blocking; several threads may use it, each gets a session of its own."""

    def __init__(
        self,
        clock: Clock,
        *,
        base_url: str | None = None,
        ca_file: str | None = None,
        ipv4_only: Callable[[], bool] = bool,
    ) -> None:
        self._clock = clock
        self._ipv4_only = ipv4_only
        self._root = root_of(base_url, API_ROOT)
        self._ca_file = ca_file
        self._own = threading.local()
        self._lock = threading.Lock()
        self._wire: Wire | None = None
        self._closed = False
        self.skew = Skew()

    def perform(self, errand: Errand, work: Work) -> Any:
        """Run `work` on this thread; an error is returned, not raised, and without the frames that hold secrets."""
        from app.brokers.zerodha import wire  # loaded on first use: start-up

        try:
            return wire.run(errand.begin(), lambda: work(self))
        except TradingError as error:
            return _bare(error)
        except Exception as error:  # noqa: BLE001 - kiteconnect fails untyped on odd answers (section 14)
            return WireSurprise(f"kiteconnect: {type(error).__name__}")

    def close(self) -> None:
        """Close idle connections; a call in flight closes its own when it ends."""
        with self._lock:
            self._closed = True
            if self._wire is not None:
                self._wire.close()

    # ---------------------------------------------------------------- endpoints

    def user_profile(self, keys: Keys) -> Any:
        """GET /user/profile."""
        with self._kite(keys) as kite:
            return kite.profile()

    def user_margins(self, keys: Keys) -> Any:
        """GET /user/margins."""
        with self._kite(keys) as kite:
            return kite.margins()

    def portfolio_positions(self, keys: Keys) -> Any:
        """GET /portfolio/positions."""
        with self._kite(keys) as kite:
            return kite.positions()

    def quote_ltp(self, keys: Keys, names: Sequence[str]) -> Any:
        """GET /quote/ltp for "EXCHANGE:SYMBOL" names."""
        with self._kite(keys) as kite:
            return kite.ltp(list(names))

    def quote(self, keys: Keys, names: Sequence[str]) -> Any:
        """GET /quote for "EXCHANGE:SYMBOL" names: of the three kinds the one that tells the day's price band."""
        with self._kite(keys) as kite:
            return kite.quote(list(names))

    def portfolio_holdings(self, keys: Keys) -> Any:
        """GET /portfolio/holdings."""
        with self._kite(keys) as kite:
            return kite.holdings()

    def orders(self, keys: Keys) -> Any:
        """GET /orders, the book of the day."""
        with self._kite(keys) as kite:
            return kite.orders()

    def trades(self, keys: Keys) -> Any:
        """GET /trades."""
        with self._kite(keys) as kite:
            return kite.trades()

    def order_info(self, keys: Keys, order_id: str) -> Any:
        """GET /orders/:order_id, the states of one order."""
        with self._kite(keys) as kite:
            return kite.order_history(order_id)

    def order_place(self, keys: Keys, fields: Mapping[str, str | int]) -> Any:
        """POST /orders/:variety; the order id."""
        with self._kite(keys) as kite:
            return kite.place_order(**fields)

    def order_modify(self, keys: Keys, fields: Mapping[str, str | int]) -> Any:
        """PUT /orders/:variety/:order_id; the order id."""
        with self._kite(keys) as kite:
            return kite.modify_order(**fields)

    def order_cancel(self, keys: Keys, variety: str, order_id: str) -> Any:
        """DELETE /orders/:variety/:order_id; the order id."""
        with self._kite(keys) as kite:
            return kite.cancel_order(variety, order_id)

    def session_token(self, keys: Keys, request_token: Secret, checksum: Secret) -> Any:
        """POST /session/token. The library's generate_session dies after the fact when login_time is missing."""
        with self._kite(keys) as kite:
            return kite._post(  # noqa: SLF001 - see above: a token that was issued must not be lost
                "api.token",
                params={
                    "api_key": keys.api_key.reveal(),
                    "request_token": request_token.reveal(),
                    "checksum": checksum.reveal(),
                },
            )

    def session_token_delete(self, keys: Keys) -> Any:
        """DELETE /session/token."""
        with self._kite(keys) as kite:
            return kite.invalidate_access_token()

    def instruments(self, keys: Keys) -> bytes:
        """GET /instruments, the CSV as it came; the library would parse it whole into dictionaries."""
        with self._kite(keys) as kite:
            body = kite._get("market.instruments.all")  # noqa: SLF001 - see above
        if not isinstance(body, bytes):
            raise WireSurprise("an instrument master that is no CSV")
        return body

    # ---------------------------------------------------------------- one library object a thread

    @contextmanager
    def _kite(self, keys: Keys) -> Iterator[Any]:
        """This thread's KiteConnect, holding the keys only for the one request."""
        kite = self._mine()
        kite.api_key, kite.access_token = keys.api_key.reveal(), keys.access_token.reveal()
        try:
            yield kite
        finally:
            kite.api_key = kite.access_token = None

    def _mine(self) -> Any:
        if not hasattr(self._own, "kite"):
            self._own.kite = self._new_kite()
        return self._own.kite

    def _new_kite(self) -> Any:
        from app.brokers.zerodha.library import kite_connect  # 60 ms: on the worker only

        kite = kite_connect()(api_key=None, root=self._root)
        kite.reqsession.close()
        kite.reqsession = self._session()
        kite._format_response = _as_it_came  # noqa: SLF001 - parses seven dates a row: 27 ms for 500 orders
        return kite

    def _session(self) -> "GuardedSession":
        from app.brokers.zerodha import session, wire  # loaded on first use: start-up

        with self._lock:
            if self._closed:
                raise NotReachable("the connection to the broker was closed")
            if self._wire is None:
                session.hush()
                self._wire = wire.Wire(self._root, ca_file=self._ca_file, ipv4_only=self._ipv4_only)
            return session.GuardedSession(self._wire, self._now, self.skew)

    def _now(self) -> datetime:
        return self._clock.now()


def root_of(base_url: str | None, default: str) -> str:
    """Scheme, host and port of `base_url`, or `default`."""
    if base_url is None:
        return default
    parts = urlsplit(base_url)
    return f"{parts.scheme}://{parts.netloc}"


def _as_it_came(data: Any) -> Any:
    return data


def _bare(error: TradingError) -> TradingError:
    error.__cause__ = error.__context__ = None
    return error.with_traceback(None)
