"""One request of the wire, read; and which of the broker's operations it is."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from app.simulators.routes import Routes
from app.simulators.seen import UNKNOWN
from app.simulators.zerodha.errors import Refusals

ROUTES: Final = Routes(
    ("GET", r"/connect/login", "login"),
    ("POST", r"/connect/login", "login"),
    ("POST", r"/session/token", "session"),
    ("DELETE", r"/session/token", "logout"),
    ("GET", r"/user/profile", "profile"),
    ("GET", r"/user/margins(?:/(?P<segment>equity|commodity))?", "funds"),
    ("GET", r"/portfolio/positions", "positions"),
    ("GET", r"/portfolio/holdings", "holdings"),
    ("GET", r"/orders", "orders"),
    ("GET", r"/orders/(?P<order_id>\w+)", "order"),
    ("GET", r"/orders/(?P<order_id>\w+)/trades", "order_trades"),
    ("GET", r"/trades", "trades"),
    ("POST", r"/orders/(?P<variety>regular|amo|co|iceberg|auction)", "place_order"),
    ("PUT", r"/orders/(?P<variety>regular|amo|co|iceberg|auction)/(?P<order_id>\w+)", "modify_order"),
    ("DELETE", r"/orders/(?P<variety>regular|amo|co|iceberg|auction)/(?P<order_id>\w+)", "cancel_order"),
    ("GET", r"/quote/ltp", "ltp"),
    ("GET", r"/quote/ohlc", "ohlc"),
    ("GET", r"/quote", "quote"),
    ("GET", r"/instruments(?:/(?P<exchange>[A-Z]+))?", "instruments"),
)
OPERATIONS: Final = ROUTES.operations
_VARIETY: Final = re.compile(r"/orders/\w+(?:/\w+)?")


@dataclass(frozen=True, slots=True)
class Call:
    """What arrived. `form` is the body's pairs, `names` the repeated `i` of quotes, `where` the parts of the path."""

    operation: str
    method: str
    path: str
    where: Mapping[str, str]
    query: Mapping[str, str]
    names: tuple[str, ...]
    remote: str
    authorization: str | None = field(repr=False)
    form: Mapping[str, str] = field(default_factory=dict, repr=False)
    raw: bytes = field(default=b"", repr=False)


def check_route(call: Call) -> None:
    """Raise 404 for an unknown address, 405 for a wrong method or variety."""
    if call.operation != UNKNOWN:
        return
    raise Refusals.wrong_method() if ROUTES.know(call.path) or _VARIETY.fullmatch(call.path) else Refusals.no_route()
