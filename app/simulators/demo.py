"""The invented people of the demo broker: their keys, where they are sent back to, what they begin the day with."""

from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Final, Literal

Plan = Literal["personal", "connect", "publisher"]


@dataclass(frozen=True, slots=True)
class DemoUser:
    """One client of the demo broker and the one app registered for him.

    `consent` is the depository consent of the profile ("consent", "physical" or "", which makes sells ask for an
    authorisation); `basket` numbers the portfolio that the user begins with; money is in rupees.
    """

    client_id: str
    name: str
    api_key: str
    api_secret: str = field(repr=False)
    redirect_url: str
    plan: Plan = "connect"
    consent: str = "consent"
    basket: int = 0
    equity_cash: Decimal = Decimal("1850000.00")
    commodity_cash: Decimal = Decimal("400000.00")

    @property
    def email(self) -> str:
        """An address that cannot exist."""
        return f"{self.client_id.lower()}@kunji.invalid"


DEMO: Final = DemoUser(
    client_id="DEMO01",
    name="Asha Demo",
    api_key="kunjidemokey0001",
    api_secret="kunjidemosecret0000000000000001",  # noqa: S106 - invented, opens nothing but the demo broker
    redirect_url="http://127.0.0.1:8765/",
)
"""The user whose figures the demo prefills."""

_NAMES: Final = (
    "Asha", "Bala", "Chitra", "Dev", "Esha", "Farid", "Gita", "Hari", "Ila", "Jaya",
    "Kabir", "Lata", "Mira", "Nikhil", "Omana", "Pavan", "Rani", "Sunil", "Tara", "Uday",
)  # fmt: skip


def demo_users(count: int = 3, *, redirect_url: str = DEMO.redirect_url) -> tuple[DemoUser, ...]:
    """`DEMO` and others after it, `count` in all, each with keys and a portfolio of his own."""
    return tuple(
        replace(
            DEMO,
            client_id=f"DEMO{number:02d}",
            name=f"{_NAMES[(number - 1) % len(_NAMES)]} Demo",
            api_key=f"kunjidemokey{number:04d}",
            api_secret=f"kunjidemosecret{number:016d}",
            redirect_url=redirect_url,
            basket=number - 1,
        )
        for number in range(1, count + 1)
    )
