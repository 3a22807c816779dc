"""Apps, auth codes and access tokens (sheet section 2): a code is good once for 300 s, a token until 06:00 IST."""

import hashlib
import hmac
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from app.domain import Clock
from app.simulators.addresses import loopback
from app.simulators.demo import DemoUser
from app.simulators.fyers import jwt
from app.simulators.fyers.errors import Refusals
from app.simulators.fyers.people import READ_ONLY
from app.simulators.hours import next_flush

AUTH_CODE_LIFE: Final = timedelta(seconds=300)
ORDERS: Final = "orders"
MARKET_DATA: Final = "market_data"
TRANSACTIONS: Final = "transactions"
PERMISSIONS: Final = frozenset({ORDERS, MARKET_DATA, TRANSACTIONS})
"""Chosen when an app is made (sheet section 13); the basic one is always there."""


@dataclass(slots=True)
class App:
    """One registered app and the session that lives under it. Whether a new token kills the old is not verified."""

    user: DemoUser
    redirect_url: str
    permissions: frozenset[str] = PERMISSIONS
    token: str = field(default="", repr=False)
    last_token: str = field(default="", repr=False)  # the one that was made to look past its end
    dies_at: datetime | None = None
    false_alarms: int = 0  # live calls that will be answered 401 all the same

    @property
    def app_id(self) -> str:
        """With its suffix, which is part of the id everywhere."""
        return self.user.api_key

    @property
    def may_order(self) -> bool:
        """An activated algo app with the right to order."""
        return ORDERS in self.permissions and not self.app_id.endswith(READ_ONLY)

    @property
    def hash(self) -> str:
        """What proves App ID and secret together."""
        return hashlib.sha256(f"{self.app_id}:{self.user.api_secret}".encode()).hexdigest()


class Desk:
    """Issues and checks tokens."""

    def __init__(self, clock: Clock, users: tuple[DemoUser, ...]) -> None:
        self._clock = clock
        self._codes: dict[str, tuple[str, datetime]] = {}  # auth code -> (App ID, dies at)
        self.apps: dict[str, App] = {user.api_key: App(user, loopback(user.redirect_url)) for user in users}

    def of(self, client_id: str) -> App:
        """The app of a client; KeyError for a stranger."""
        for app in self.apps.values():
            if app.user.client_id == client_id:
                return app
        raise KeyError(client_id)

    def grant(self, app: App) -> str:
        """The login succeeded: an auth code for one exchange."""
        now = self._clock.now()
        code = jwt.auth_code(now, now + AUTH_CODE_LIFE, app.app_id, app.user.client_id)
        self._codes[code] = (app.app_id, now + AUTH_CODE_LIFE)
        return code

    def by_hash(self, app_id_hash: str) -> App | None:
        """The app whose App ID and secret make that hash."""
        given = app_id_hash.encode()
        return next((app for app in self.apps.values() if hmac.compare_digest(app.hash.encode(), given)), None)

    def exchange(self, app: App, code: str) -> str:
        """A new access token for `code`; raises -437."""
        owner, dies_at = self._codes.pop(code, ("", self._clock.now()))
        if owner != app.app_id or self._clock.now() >= dies_at:
            raise Refusals.wrong_code()
        return self.issue(app)

    def issue(self, app: App) -> str:
        """A new access token in place of any other of this app."""
        now = self._clock.now()
        app.dies_at = next_flush(now)
        app.token = jwt.session_token("access_token", now, app.dies_at, app.app_id, app.user.client_id)
        return app.token

    def revoke(self, app: App) -> None:
        """The token is dead although its `exp` lies ahead (logout, password change)."""
        app.token, app.dies_at = "", None

    def expire(self, app: App) -> None:
        """The token counts as past its end from now on."""
        app.last_token, app.token, app.dies_at = app.token, "", None

    def claimed(self, authorization: str) -> App | None:
        """The app whose id a request names, alive or not."""
        return self.apps.get(authorization.partition(":")[0])

    def is_live(self, app: App, token: str) -> bool:
        """Whether `token` is the living one of `app`."""
        alive = app.dies_at is not None and self._clock.now() < app.dies_at
        return alive and bool(token) and hmac.compare_digest(app.token.encode(), token.encode())

    def is_past(self, app: App, token: str) -> bool:
        """Whether `token` was good and has come to its end."""
        return bool(token) and (token == app.last_token or (token == app.token and not self.is_live(app, token)))


def redirect_to(url: str, pairs: dict[str, str]) -> str:
    """`url` with `pairs` behind its own query."""
    parts = urlsplit(url)
    query = [*parse_qsl(parts.query, keep_blank_values=True), *pairs.items()]
    return urlunsplit(parts._replace(query=urlencode(query)))
