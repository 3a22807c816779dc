"""One request of the wire, read; and which of the broker's operations it is. One port serves the paths of all hosts."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final
from urllib.parse import parse_qsl

from aiohttp.web_request import BaseRequest

from app.simulators.routes import Routes

ROUTES: Final = Routes(
    ("GET", r"/api/v3/generate-authcode", "login"),
    ("POST", r"/api/v3/generate-authcode", "login"),
    ("POST", r"/api/v3/validate-authcode", "session"),
    ("POST", r"/api/v3/logout", "logout"),
    ("GET", r"/api/v3/profile", "profile"),
    ("GET", r"/api/v3/funds", "funds"),
    ("GET", r"/api/v3/holdings", "holdings"),
    ("GET", r"/api/v3/positions", "positions"),
    ("GET", r"/api/v3/orders", "orders"),
    ("GET", r"/api/v3/tradebook", "trades"),
    ("POST", r"/api/v3/orders/sync", "place_order"),
    ("PATCH", r"/api/v3/orders/sync", "modify_order"),
    ("DELETE", r"/api/v3/orders/sync", "cancel_order"),
    ("DELETE", r"/api/v3/orders/(?P<order_id>[\w-]+)/sync", "cancel_order"),
    ("GET", r"/data/quotes", "quotes"),
    ("POST", r"/data/quotes", "quotes"),
    ("GET", r"/data/depth", "depth"),
    ("GET", r"/data/marketStatus", "market_status"),
    ("GET", r"/sym_details/(?P<file>[A-Z]{3}_[A-Z]{2,3})(?P<kind>\.csv|_sym_master\.json)", "instruments"),
)
OPERATIONS: Final = ROUTES.operations | {"order"}
ORDER_CALLS: Final = frozenset({"place_order", "modify_order", "cancel_order"})
DATA_CALLS: Final = frozenset({"quotes", "depth", "market_status"})


@dataclass(frozen=True, slots=True)
class Call:
    """What arrived. `form` is the login page's, `body` the JSON of any other call (None: none, or unreadable)."""

    operation: str
    method: str
    path: str
    where: Mapping[str, str]
    query: Mapping[str, str]
    remote: str
    agent: str
    authorization: str = field(repr=False)
    form: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: object = field(default=None, repr=False)
    raw: bytes = field(default=b"", repr=False)


async def read(request: BaseRequest) -> Call:
    """One request."""
    query = dict(request.rel_url.query)
    operation, where = ROUTES.find(request.method, request.path)
    if operation == "orders" and "id" in query:
        operation = "order"
    raw = await request.read()
    is_form = operation == "login"
    return Call(
        operation=operation,
        method=request.method,
        path=request.path,
        where=where,
        query=query,
        remote=request.remote or "",
        agent=request.headers.get("User-Agent", ""),
        authorization=request.headers.get("Authorization", ""),
        form=dict(parse_qsl(raw.decode("latin-1"), keep_blank_values=True, encoding="utf-8")) if is_form else {},
        body=None if is_form else _json(raw),
        raw=b"" if is_form else raw,
    )


def _json(raw: bytes) -> object:
    """Numbers with a point become Decimal: prices must not be bent."""
    try:
        return json.loads(raw, parse_float=Decimal)
    except (ValueError, RecursionError):
        return None
