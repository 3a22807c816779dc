"""One request of the wire, read; and which of the broker's operations it is (section 4)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from aiohttp.web_request import BaseRequest

from app.simulators.routes import Routes

ROUTES: Final = Routes(
    ("POST", r"/app/generate-consent", "consent"),
    ("GET", r"/login/consentApp-login", "login"),
    ("POST", r"/login/consentApp-login", "login"),
    ("GET", r"/app/consumeApp-consent", "session"),
    ("POST", r"/app/consumeApp-consent", "session"),
    ("POST", r"/app/generateAccessToken", "token"),
    ("GET", r"/v2/RenewToken", "renew"),
    ("GET", r"/v2/profile", "profile"),
    ("GET", r"/v2/fundlimit", "funds"),
    ("GET", r"/v2/holdings", "holdings"),
    ("GET", r"/v2/positions", "positions"),
    ("GET", r"/v2/orders", "orders"),
    ("GET", r"/v2/orders/external/(?P<tag>[^/]+)", "order_by_tag"),
    ("GET", r"/v2/orders/(?P<order_id>[^/]+)", "order"),
    ("POST", r"/v2/orders", "place_order"),
    ("POST", r"/v2/orders/slicing", "slice_order"),
    ("PUT", r"/v2/orders/(?P<order_id>[^/]+)", "modify_order"),
    ("DELETE", r"/v2/orders/(?P<order_id>[^/]+)", "cancel_order"),
    ("GET", r"/v2/trades", "trades"),
    ("GET", r"/v2/trades/(?P<order_id>[^/]+)", "order_trades"),
    ("POST", r"/v2/marketfeed/ltp", "ltp"),
    ("POST", r"/v2/marketfeed/ohlc", "ohlc"),
    ("POST", r"/v2/marketfeed/quote", "quote"),
    ("GET", r"/v2/ip/getIP", "ip"),
    ("GET", r"/v2/killswitch", "kill_switch"),
    ("POST", r"/v2/killswitch", "kill_switch"),
    ("GET", r"/api-data/api-scrip-master(?P<detailed>-detailed)?\.csv", "instruments"),
)
OPERATIONS: Final = ROUTES.operations
QUOTES: Final = frozenset({"ltp", "ohlc", "quote"})
WRITES: Final = frozenset({"place_order", "slice_order", "modify_order", "cancel_order"})


@dataclass(frozen=True, slots=True)
class Call:
    """What arrived. `body` is the JSON of the request, None when there is none or when it is no JSON object."""

    operation: str
    method: str
    path: str
    where: Mapping[str, str]
    remote: str
    query: Mapping[str, str] = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    form: Mapping[str, str] = field(repr=False)
    body: Mapping[str, Any] | None = field(repr=False)
    raw: bytes = field(default=b"", repr=False)

    @property
    def token(self) -> str:
        """The access token of the request, or nothing."""
        return self.headers.get("access-token", "")


async def read(request: BaseRequest) -> Call:
    """One request: a JSON body, or the form of the login page."""
    operation, where = ROUTES.find(request.method, request.path)
    form = await request.post() if operation == "login" and request.method == "POST" else {}
    raw = b"" if form else await request.read()
    return Call(
        operation=operation,
        method=request.method,
        path=request.path,
        where=where,
        remote=request.remote or "",
        query=dict(request.rel_url.query),
        headers={name.lower(): value for name, value in request.headers.items()},
        form={name: value for name, value in form.items() if isinstance(value, str)},
        body=_object(raw),
        raw=raw,
    )


def _object(raw: bytes) -> Mapping[str, Any] | None:
    try:
        value = json.loads(raw, parse_float=Decimal)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None
