"""Internet addresses: brokers take orders from registered ones only."""

from ipaddress import ip_address

from app.domain.records import dataclass


@dataclass(frozen=True, slots=True)
class OrderAddresses:
    """What a broker says itself about the addresses from which it takes orders.

    `seen` is where it sees this computer, empty when it does not say; `taken` is whether orders are taken from there.
    """

    registered: tuple[str, ...] = ()
    seen: str = ""
    taken: bool | None = None


def as_address(text: str) -> str:
    """`text` as an internet address in its usual form; empty when it is none."""
    try:
        return str(ip_address(text.strip()))
    except ValueError:
        return ""
