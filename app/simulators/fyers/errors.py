"""The broker's refusals: HTTP status, code and message as the protocol sheet prints them (sections 2, 6 and 7).

Where the sheet leaves a status open it is taken as 400; texts that it does not print are marked.
"""

from collections.abc import Mapping
from typing import Final


class Refusal(Exception):
    """One error of the wire; `order_id` is echoed where an order exists."""

    def __init__(
        self,
        status: int,
        code: object,
        message: str,
        *,
        order_id: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.order_id = order_id
        self.headers = headers or {}


class Refusals:
    """Every refusal by what it means."""

    @staticmethod
    def dead_token(*, data: bool) -> Refusal:
        """Expired, revoked, wrong, or of another App ID; the data calls use a code of their own (section 6)."""
        if data:
            return Refusal(401, -15, "Please provide valid token")
        return Refusal(401, -16, "Could not authenticate the user")

    @staticmethod
    def dead_at_logout() -> Refusal:
        """A logout with a dead token (section 2)."""
        return Refusal(401, -16, "Token is Invalid or Expired")

    @staticmethod
    def expired() -> Refusal:
        """The profile with a token past its end; the status is assumed (section 14)."""
        return Refusal(401, -8, "Your token has expired. Please generate a token")

    @staticmethod
    def bad_app() -> Refusal:
        """An App ID that does not exist (section 6)."""
        return Refusal(400, -352, "Please provide a valid app id.")

    @staticmethod
    def wrong_hash() -> Refusal:
        """Secret or App ID is wrong (section 2)."""
        return Refusal(400, -5, "invalid app id hash")

    @staticmethod
    def no_hash() -> Refusal:
        """The hash is missing (section 2; the text is not printed)."""
        return Refusal(400, -371, "Please provide a valid app id hash")

    @staticmethod
    def no_code() -> Refusal:
        """The auth code is missing (section 2; the text is not printed)."""
        return Refusal(400, -374, "Please provide a valid auth code")

    @staticmethod
    def wrong_code() -> Refusal:
        """The auth code is used, old or unknown (section 2; the text is not printed)."""
        return Refusal(400, -437, "invalid auth code")

    @staticmethod
    def no_permission() -> Refusal:
        """The app was made without that permission (sections 6 and 13; the text is not printed)."""
        return Refusal(403, -373, "You do not have the permission to access this API")

    @staticmethod
    def restricted(app_id: str) -> Refusal:
        """App type, address or order permission (section 6); the status is assumed (section 14)."""
        text = f"Order placement restricted. Algo orders are not allowed from this app {app_id}"
        return Refusal(400, -50, text)

    @staticmethod
    def too_many(*, data: bool, order: bool) -> Refusal:
        """A rate limit: +429 at the data host, -429 elsewhere, waits in the headers of order calls (section 6)."""
        if data:
            return Refusal(429, 429, "request limit reached")
        headers = {"Retry-After": "1", "X-Retry-After-Ms": "1000"} if order else {}
        return Refusal(429, -429, "Request limit reached, refresh after few mins", headers=headers)

    @staticmethod
    def bad_order(text: str, order_id: str = "") -> Refusal:
        """A validation of the order desk (section 6)."""
        return Refusal(400, -50, text, order_id=order_id)

    @staticmethod
    def no_order(order_id: str) -> Refusal:
        """An order that is not of today (section 6)."""
        return Refusal(400, -51, f"invalid order id: order id {order_id}", order_id=order_id)

    @staticmethod
    def not_pending(order_id: str) -> Refusal:
        """An order that is final (section 6); the status is assumed."""
        return Refusal(400, -52, "Not a pending order", order_id=order_id)

    @staticmethod
    def by_risk_desk(text: str, order_id: str) -> Refusal:
        """Risk management refused an order that exists: an error inside HTTP 200 (section 6)."""
        return Refusal(200, -99, text, order_id=order_id)

    @staticmethod
    def bad_symbols() -> Refusal:
        """Quotes and depth (section 6)."""
        return Refusal(400, -50, "Please provide valid inputs")

    @staticmethod
    def down() -> Refusal:
        """The order system is down (section 6)."""
        return Refusal(500, -99, DOWN)


DOWN: Final = "Something went wrong. Please contact support"
