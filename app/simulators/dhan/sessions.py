"""How a person and an app come to a token (section 2)."""

from urllib.parse import urlencode, urlsplit, urlunsplit

from app.domain import IST
from app.simulators.answers import HTML, Answer, encode
from app.simulators.dhan import login_page
from app.simulators.dhan.calls import Call
from app.simulators.dhan.errors import Refusals
from app.simulators.dhan.tokens import Desk, Login
from app.simulators.pages import SAFE, notice


class Sessions:
    """Operations of the auth host, and the renewal."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def consent(self, call: Call) -> Answer:
        """POST /app/generate-consent."""
        client_id, headers = call.query.get("client_id", ""), call.headers
        consent = self._desk.generate_consent(client_id, headers.get("app_id", ""), headers.get("app_secret", ""))
        return Answer(encode({"consentAppId": consent, "consentAppStatus": "GENERATED", "status": "success"}))

    def login(self, call: Call) -> Answer:
        """The page, its button, and the way back to the app: 302 to {redirect}/?tokenId=."""
        consent = (call.form if call.method == "POST" else call.query).get("consentAppId", "")
        login = self._desk.asked(consent)
        if login is None:
            text = "This consent is not known here, or was used already. Begin the sign-in again in Kunji."
            return Answer(notice("Unknown consent", text), 400, HTML, SAFE)
        if call.method == "GET":
            return Answer(login_page.form(consent=consent, client_id=login.user.client_id), 200, HTML, SAFE)
        if call.form.get("do") == "cancel":
            # what the real page does then is not known (section 2.2): this one sends nobody back
            return Answer(notice("Cancelled", "Nothing was sent to the app. You can close this page."), 200, HTML, SAFE)
        typed = call.form.get("client_id", "").strip()
        if typed != login.user.client_id:
            refused = login_page.form(consent=consent, client_id=typed, error="This app belongs to another client.")
            return Answer(refused, 403, HTML, SAFE)
        address = back(login.redirect_url, self._desk.grant(consent))
        return Answer(b"", 302, None, {"Location": address, "Cache-Control": "no-store"})

    def session(self, call: Call) -> Answer:
        """GET or POST /app/consumeApp-consent."""
        headers = call.headers
        token_id = call.query.get("tokenId", "")
        login = self._desk.consume(token_id, headers.get("app_id", ""), headers.get("app_secret", ""))
        return _issued(login, fraction="")

    def token(self, call: Call) -> Answer:
        """POST /app/generateAccessToken."""
        query = call.query
        login = self._desk.with_code(query.get("dhanClientId", ""), query.get("pin", ""), query.get("totp", ""))
        return _issued(login, fraction=".000")

    def renew(self, call: Call) -> Answer:
        """GET /v2/RenewToken; raises `Dead`."""
        return _issued(self._desk.renew(call.token, call.headers.get("dhanclientid", "")), fraction=".000")


def back(redirect_url: str, token_id: str) -> str:
    """The registered address with a slash before the query, as the broker writes it (section 2.2)."""
    parts = urlsplit(redirect_url)
    return urlunsplit(parts._replace(path=parts.path.rstrip("/") + "/", query=urlencode({"tokenId": token_id})))


def _issued(login: Login, fraction: str) -> Answer:
    """The success body of all three ways; the time is Indian and says so nowhere (section 2.5)."""
    if login.dies_at is None:
        raise Refusals.bad_token_id()
    return Answer(
        encode(
            {
                "dhanClientId": login.user.client_id,
                "dhanClientName": login.user.name.upper(),
                "dhanClientUcc": f"KNJ{login.user.client_id[-6:]}",
                "givenPowerOfAttorney": login.user.ddpi,
                "accessToken": login.token,
                "expiryTime": f"{login.dies_at.astimezone(IST):%Y-%m-%dT%H:%M:%S}{fraction}",
            }
        )
    )
