"""The login page and the session under it (sheet section 2)."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from app.simulators.answers import HTML, Answer
from app.simulators.fyers import jwt, login_page
from app.simulators.fyers.answers import success
from app.simulators.fyers.auth import App, redirect_to
from app.simulators.fyers.broker import DemoBroker
from app.simulators.fyers.calls import Call
from app.simulators.fyers.errors import Refusals
from app.simulators.pages import SAFE, notice

_UNKNOWN_APP: Final = "No app with this App ID is registered here. Check the App ID in Kunji and begin again."
_OTHER_ADDRESS: Final = "The redirect URL is not the one that this app was registered with, character by character."
_WRONG_CLIENT: Final = "This app belongs to another client."
_REFRESH_LIFE: Final = timedelta(days=15)


class Sessions:
    """Operations that need no token."""

    def __init__(self, broker: DemoBroker) -> None:
        self._broker = broker

    def login(self, call: Call) -> Answer:
        """The page, its button, and its way back to the app."""
        given = call.form if call.method == "POST" else call.query
        app = self._broker.desk.apps.get(given.get("client_id", ""))
        if app is None:
            return Answer(notice("Unknown App ID", _UNKNOWN_APP), 400, HTML, SAFE)
        if given.get("redirect_uri") != app.redirect_url or given.get("response_type") != "code":
            return Answer(notice("Wrong redirect URL", _OTHER_ADDRESS), 400, HTML, SAFE)
        return _form(app, given) if call.method == "GET" else self._pressed(app, given)

    def _pressed(self, app: App, given: Mapping[str, str]) -> Answer:
        if given.get("do") == "cancel":
            refusal = {"s": "error", "code": "-1", "message": "Login cancelled by the user"}
            return _back(app, refusal, given)
        typed = given.get("user_id", "").strip().upper()
        if typed != app.user.client_id:
            return _form(app, given, typed=typed, error=_WRONG_CLIENT)
        # `code` is a result number, the grant is in `auth_code` (section 2)
        return _back(app, {"s": "ok", "code": "200", "auth_code": self._broker.desk.grant(app)}, given)

    def session(self, call: Call) -> Answer:
        """POST /validate-authcode."""
        fields: dict[str, object] = call.body if isinstance(call.body, dict) else {}
        app_id_hash, code = fields.get("appIdHash"), fields.get("code")
        if not isinstance(app_id_hash, str) or not app_id_hash:
            raise Refusals.no_hash()
        if not isinstance(code, str) or not code:
            raise Refusals.no_code()
        app = self._broker.desk.by_hash(app_id_hash)
        if app is None or fields.get("grant_type") != "authorization_code":
            raise Refusals.wrong_hash()
        self._broker.limits.take(app.app_id, data=False, order=False)
        token = self._broker.desk.exchange(app, code)
        now = self._broker.market.now()
        refresh = jwt.session_token("refresh_token", now, now + _REFRESH_LIFE, app.app_id, app.user.client_id)
        return success({"access_token": token, "refresh_token": refresh})

    def logout(self, call: Call) -> Answer:
        """POST /logout."""
        desk = self._broker.desk
        app = desk.claimed(call.authorization)
        if app is None or not desk.is_live(app, call.authorization.partition(":")[2]):
            raise Refusals.dead_at_logout()
        self._broker.limits.take(app.app_id, data=False, order=False)
        desk.revoke(app)
        return success(message="Logged out successfully")


def _form(app: App, given: Mapping[str, str], *, typed: str | None = None, error: str = "") -> Answer:
    body = login_page.form(
        app_id=app.app_id,
        redirect_uri=app.redirect_url,
        state=given.get("state", ""),
        client_id=app.user.client_id,
        typed=typed,
        error=error,
    )
    return Answer(body, 403 if error else 200, HTML, SAFE)


def _back(app: App, pairs: dict[str, str], given: Mapping[str, str]) -> Answer:
    # without a state the real page answers with the word None, as the official client asks it to (section 2)
    address = redirect_to(app.redirect_url, {**pairs, "state": given.get("state", "None")})
    return Answer(b"", 302, None, {"Location": address, "Cache-Control": "no-store"})
