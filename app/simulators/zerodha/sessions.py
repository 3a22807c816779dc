"""The login page and the session under it (sheet section 2)."""

from app.simulators.answers import HTML, Answer
from app.simulators.pages import SAFE, notice
from app.simulators.zerodha import login_page, wire
from app.simulators.zerodha.answers import success
from app.simulators.zerodha.auth import App, new_token, redirect_to
from app.simulators.zerodha.broker import DemoBroker
from app.simulators.zerodha.calls import Call
from app.simulators.zerodha.errors import Refusals
from app.simulators.zerodha.limits import OTHERS


class Sessions:
    """Operations that need no token."""

    def __init__(self, broker: DemoBroker) -> None:
        self._broker = broker

    def login(self, call: Call) -> Answer:
        """The page, its button, and its way back to the app."""
        given = call.form if call.method == "POST" else call.query
        app = self._broker.desk.apps.get(given.get("api_key", ""))
        if app is None:
            text = "No app with this API key is registered here. Check the key in Kunji and begin again."
            return Answer(notice("Unknown API key", text), 400, HTML)
        if call.method == "GET":
            return self._form(app, call)
        if call.form.get("do") == "cancel":
            return self._back(app, call, {"status": "cancelled", "action": "login", "type": "login"})
        typed = call.form.get("user_id", "").strip().upper()
        if typed != app.user.client_id:
            return self._form(app, call, typed=typed, error="The user is not enabled on the app.")
        token = self._broker.desk.grant(app)
        done = {"request_token": token, "status": "success", "action": "login", "type": "login", "user_id": typed}
        return self._back(app, call, done)

    def _form(self, app: App, call: Call, *, typed: str | None = None, error: str = "") -> Answer:
        given = call.form if call.method == "POST" else call.query
        page = login_page.form(
            api_key=app.user.api_key,
            client_id=app.user.client_id,
            redirect_params=given.get("redirect_params", ""),
            typed=typed,
            error=error,
        )
        return Answer(page, 200 if not error else 403, HTML, SAFE)

    def _back(self, app: App, call: Call, pairs: dict[str, str]) -> Answer:
        address = redirect_to(app, pairs, call.form.get("redirect_params", ""))
        return Answer(b"", 302, None, {"Location": address, "Cache-Control": "no-store"})

    def session(self, call: Call) -> Answer:
        """POST /session/token."""
        key = call.form.get("api_key", "")
        self._broker.limits.take(OTHERS, key)
        app = self._broker.desk.exchange(key, call.form.get("request_token", ""), call.form.get("checksum", ""))
        return success(
            {
                **wire.profile(app.user),
                "api_key": app.user.api_key,
                "access_token": app.token,
                "public_token": new_token(),
                "enctoken": new_token(),
                "refresh_token": "",
                "silo": "",
                "login_time": wire.stamp(self._broker.market.now()),
            }
        )

    def logout(self, call: Call) -> Answer:
        """DELETE /session/token; the token travels in the address (sheet section 2)."""
        key, token = call.query.get("api_key", ""), call.query.get("access_token", "")
        if not key or not token:
            raise Refusals.no_credentials()
        self._broker.limits.take(OTHERS, key)
        self._broker.desk.end(self._broker.desk.check_pair(key, token))
        return success(True)
