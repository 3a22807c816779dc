"""The broker's refusals: status and body as the sheet prints them (sections 2 and 6); what it leaves open is marked."""

from collections.abc import Mapping
from typing import Final

Body = Mapping[str, object] | list[dict[str, str]]
_QUOTE_TEXTS: Final = {
    "804": "Requested number of instruments exceeds limit",
    "805": "Too many requests or connections",
    "806": "Data APIs not subscribed",
    "807": "Access token is expired",
    "808": "Authentication failed",
    "809": "Access token is invalid",
    "810": "Client ID is invalid",
    "814": "Invalid request",
}
MISSING: Final = "Missing required fields, bad values for parameters etc."


class Refusal(Exception):
    """One error of the wire."""

    def __init__(self, status: int, body: Body) -> None:
        super().__init__(str(body))
        self.status = status
        self.body = body


def coded(status: int, kind: str, code: str, message: str) -> Refusal:
    """The envelope of trading, charts and holdings (section 6.1)."""
    return Refusal(status, {"errorType": kind, "errorCode": code, "errorMessage": message})


def quote_error(status: int, code: str) -> Refusal:
    """The envelope of the quotes (section 6.1)."""
    return Refusal(status, {"data": {code: _QUOTE_TEXTS[code]}, "status": "failed"})


class Refusals:
    """Every refusal by its meaning."""

    @staticmethod
    def unauthorised() -> Refusal:
        """A dead token at most trading calls (section 2.5)."""
        message = "Client ID or user generated access token is invalid or expired."
        return coded(401, "Invalid_Authentication", "DH-901", message)

    @staticmethod
    def invalid_token() -> Refusal:
        """A dead token at profile, positions and renewal (section 2.5)."""
        return coded(400, "Order_Error", "DH-906", "Invalid Token")

    @staticmethod
    def no_holdings() -> Refusal:
        """An empty depository account (section 6.2)."""
        return coded(500, "HOLDING_ERROR", "DH-1111", "No holdings available")

    @staticmethod
    def too_many() -> Refusal:
        """A rate limit outside the quotes; no Retry-After (section 6.2)."""
        message = "Too many requests on server from single user breaching rate limits. Try throttling API calls."
        return coded(429, "Rate_Limit", "DH-904", message)

    @staticmethod
    def bad_input(message: str = MISSING) -> Refusal:
        """A bad body (section 6.2)."""
        return coded(400, "Input_Exception", "DH-905", message)

    @staticmethod
    def foreign_ip(code: str) -> Refusal:
        """An order from an address that is not registered: the recorded form, or the annexure's (section 6.2)."""
        return coded(400, "Input_Exception" if code == "DH-905" else "Invalid IP", code, "Invalid IP")

    @staticmethod
    def bad_order(message: str, status: int = 400) -> Refusal:
        """An order that is refused before the risk desk (section 6.2)."""
        return coded(status, "Order_Error", "DH-906", message)

    @staticmethod
    def no_order() -> Refusal:
        """An order that cannot be found by its tag, or changed (section 6.2)."""
        return Refusals.bad_order("Incorrect request for order and cannot be processed", 404)

    @staticmethod
    def login(message: str, status: int = 200) -> Refusal:
        """The auth host's refusal: HTTP 200 (section 2.3)."""
        return Refusal(status, {"status": "error", "message": message})

    @staticmethod
    def wrong_app() -> Refusal:
        """A wrong app_id or app_secret; the body is not known (section 15)."""
        return Refusals.login("Invalid app id or secret", 401)

    @staticmethod
    def consent_limit() -> Refusal:
        """The 26th consent of a day: the code is reported, the rest is not known (section 2.2)."""
        message = "Consent limit exceeded for the day"
        return Refusal(400, {"status": "error", "errorCode": "CONSENT_LIMIT_EXCEED", "errorMessage": message})

    @staticmethod
    def bad_token_id() -> Refusal:
        """A used or unknown tokenId; the body is not known (section 15)."""
        return Refusals.login("Invalid token id", 400)

    @staticmethod
    def gateway(path: str, stamp: str, status: int = 404, error: str = "Not Found") -> Refusal:
        """An address that does not exist (section 6.1); `status` is a number in the body, too."""
        return Refusal(status, {"timestamp": stamp, "status": status, "error": error, "path": path})

    @staticmethod
    def old_version() -> Refusal:
        """A path without /v2 (section 6.1)."""
        return Refusal(
            400,
            {
                "errorCode": "BAD_REQUEST",
                "httpStatus": "BAD_REQUEST",
                "internalErrorCode": "RS-9005",
                "internalErrorMessage": "Invalid request",
            },
        )
