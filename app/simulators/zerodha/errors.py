"""The broker's refusals: status, error_type and message as the protocol sheet prints them (sections 2 and 6)."""

from typing import Final


class Refusal(Exception):
    """One error of the wire. `kind` None leaves error_type out of the body, as 428 is documented without one."""

    def __init__(self, status: int, kind: str | None, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.kind = kind
        self.message = message


class Refusals:
    """Every refusal whose text the sheet prints, and the few that it leaves open (marked)."""

    @staticmethod
    def no_credentials() -> Refusal:
        """A request without credentials (section 2)."""
        return Refusal(400, "InputException", "Invalid `api_key` or `access_token`.")

    @staticmethod
    def dead_token() -> Refusal:
        """Expired, replaced and wrong alike (section 2)."""
        return Refusal(403, "TokenException", "Incorrect `api_key` or `access_token`.")

    @staticmethod
    def used_request_token() -> Refusal:
        """A used, old or unknown request token (section 2)."""
        return Refusal(403, "TokenException", "Token is invalid or has expired.")

    @staticmethod
    def wrong_checksum() -> Refusal:
        """The secret is wrong (section 2)."""
        return Refusal(403, "TokenException", "Invalid `checksum`.")

    @staticmethod
    def publisher_key() -> Refusal:
        """A Publisher app (section 2)."""
        return Refusal(403, "PermissionException", "That API call is not allowed for the authenticated user")

    @staticmethod
    def foreign_client() -> Refusal:
        """Another client's login at this app (section 2)."""
        return Refusal(403, "ForbiddenError", "The user is not enabled on the app.")

    @staticmethod
    def not_subscribed() -> Refusal:
        """A Personal app asks for quotes (section 6)."""
        return Refusal(403, "PermissionException", "Insufficient permission for that call.")

    @staticmethod
    def no_ip() -> Refusal:
        """No static address is registered (section 6)."""
        return Refusal(403, "PermissionException", "No IPs configured for this app")

    @staticmethod
    def foreign_ip(address: str) -> Refusal:
        """The order came from another address (section 6)."""
        return Refusal(403, "PermissionException", f"IP ({address}) is not allowed to place orders for this app")

    @staticmethod
    def too_many() -> Refusal:
        """A rate limit (section 6); no Retry-After."""
        return Refusal(429, "NetworkException", "Too many requests")

    @staticmethod
    def daily_cap() -> Refusal:
        """5,000 orders (section 6 gives the text alone, section 15 the 429)."""
        return Refusal(429, "NetworkException", "Maximum allowed order requests exceeded")

    @staticmethod
    def wrong_method() -> Refusal:
        """A wrong method or variety (section 4); the error_type is not known."""
        return Refusal(405, "GeneralException", "Request method not allowed")

    @staticmethod
    def no_route() -> Refusal:
        """An unknown address; the body is not known (section 16)."""
        return Refusal(404, "GeneralException", "Route not found")

    @staticmethod
    def no_order() -> Refusal:
        """An order that is not of today; the body is not known (section 16)."""
        return Refusal(404, "GeneralException", "Couldn't find that `order_id`.")

    @staticmethod
    def in_process() -> Refusal:
        """Final already, or in transition (section 6)."""
        message = "Order cannot be modified/cancelled as it is being processed. Try later."
        return Refusal(400, "InputException", message)

    @staticmethod
    def no_protection() -> Refusal:
        """MARKET and SL-M since 2026-04-01 (section 6)."""
        return Refusal(400, "InputException", "Market orders without market protection are not allowed via API")

    @staticmethod
    def no_money(need: object, have: object) -> Refusal:
        """Not enough margin (section 6 gives the beginning of the text)."""
        message = f"Insufficient funds. Required margin is {need} but available margin is {have}."
        return Refusal(400, "MarginException", message)

    @staticmethod
    def not_authorised(quantity: int) -> Refusal:
        """A sell that the depository must authorise first (section 6)."""
        return Refusal(428, None, f"{quantity} quantity needs authorisation at depository")

    @staticmethod
    def bad_input(message: str) -> Refusal:
        """A missing or bad parameter."""
        return Refusal(400, "InputException", message)

    @staticmethod
    def order_refused(message: str) -> Refusal:
        """A pre-check of the order desk."""
        return Refusal(400, "OrderException", message)


ORDER_TIMED_OUT: Final = "Order request timed out. Please check the order book and confirm before placing again."
"""A 400 that says nothing about the order's fate (section 10)."""
