"""The broker's refusals in their shapes (section 6); words that the sheet does not print are plain English."""

from typing import Final

from app.simulators.answers import HTML, Answer, encode

TEXT: Final = "text/plain; charset=utf-8"
TOO_MANY: Final = Answer(b"Access denied because of exceeding access rate", 403, TEXT)
"""A rate limit at any path, also at the login (section 6.1)."""
FIREWALL: Final = Answer(
    b"<html><head><title>Request Rejected</title></head><body>The requested URL was rejected. Please consult with your "
    b"administrator.<br><br>Your support ID is: 4716253490871625349<br><br></body></html>",
    200,
    HTML,
)
"""The firewall's page, for paths that do not exist; with which status is not recorded (section 14)."""
EMPTY_400: Final = Answer(b"", 400, None)
"""A value that is none of an enumeration (section 6.1)."""
NO_TYPE: Final = Answer(b"", 415, None)
"""A POST that does not say that it is JSON (section 3)."""


class Refusal(Exception):
    """Any answer but the good one."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.status)
        self.answer = answer


def gateway(code: str, message: str, status: int = 200) -> Refusal:
    """Trouble with token, key or address: `success`, `errorCode`, and data that is an empty text."""
    body = {"success": False, "message": message, "errorCode": code, "data": ""}
    return Refusal(Answer(encode(body), status))


def standard(code: str, message: str, status: int = 200) -> Refusal:
    """Trouble with the login or the business: `status`, `errorcode`, and data that is null."""
    body = {"status": False, "message": message, "errorcode": code, "data": None}
    return Refusal(Answer(encode(body), status))


class Refusals:
    """Every refusal by its meaning."""

    @staticmethod
    def too_many() -> Refusal:
        """A rate limit."""
        return Refusal(TOO_MANY)

    @staticmethod
    def no_such_path() -> Refusal:
        """An address that does not exist."""
        return Refusal(FIREWALL)

    @staticmethod
    def bad_word() -> Refusal:
        """A value outside its enumeration."""
        return Refusal(EMPTY_400)

    @staticmethod
    def no_type() -> Refusal:
        """No content type."""
        return Refusal(NO_TYPE)

    @staticmethod
    def token_missing() -> Refusal:
        """No Authorization at all."""
        return gateway("AG8003", "Token missing")

    @staticmethod
    def dead_token(code: str = "AG8001") -> Refusal:
        """A token that is dead or never was one; AG8002 is documented and in no recording (section 2.2)."""
        return gateway(code, "Token Expired" if code == "AG8002" else "Invalid Token")

    @staticmethod
    def wrong_key() -> Refusal:
        """An API key that is none of ours."""
        return gateway("AG8004", "Invalid API Key")

    @staticmethod
    def foreign_ip() -> Refusal:
        """An order from an address that is not registered."""
        return gateway("AG7002", "Access denied: Unregistered IP address. Register the primary static IP of this app.")

    @staticmethod
    def dead_refresh(*, expired: bool) -> Refusal:
        """A refresh token that is wrong or too old."""
        if expired:
            return standard("AB8051", "Refresh Token Expired")
        return standard("AB8050", "Invalid Refresh Token")

    @staticmethod
    def no_order() -> Refusal:
        """The one-order call does not know the id: not AB1013 there (section 6.2)."""
        return standard("AB1007", "Order not found")

    @staticmethod
    def bad_order(message: str, code: str = "AB1007") -> Refusal:
        """An order that is refused at once, in the words of the order system."""
        return standard(code, message)
