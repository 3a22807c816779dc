"""The invented clients of the demo broker: a number, an app, a PIN, an authenticator and a data plan each."""

from dataclasses import dataclass, field
from typing import Final

from app.simulators.demo import DemoUser, demo_users


@dataclass(frozen=True, slots=True)
class DhanUser(DemoUser):
    """One client. `api_key` is the app_id, `api_secret` the app_secret; `totp_seed` is base32 (section 2.3).

    `ddpi` lets holdings be sold without a depository consent, `data_plan` is the paid plan for prices (section 4.2).
    """

    pin: str = field(default="246810", repr=False)
    totp_seed: str = field(default="JBSWY3DPEHPK3PXP", repr=False)
    ddpi: bool = True
    data_plan: bool = True


_FIRST: Final = 1100000001


def dhan_users(count: int = 3, *, redirect_url: str = "http://127.0.0.1:8765/dhan") -> tuple[DhanUser, ...]:
    """`count` clients, each with keys and a portfolio of his own."""
    return tuple(
        DhanUser(
            client_id=str(_FIRST + number),
            name=user.name,
            api_key=f"{0x5A17C000 + number:08x}",
            api_secret=f"kunjidhansecret{number:017d}",
            redirect_url=redirect_url,
            basket=user.basket,
        )
        for number, user in enumerate(demo_users(count))
    )


DHAN_DEMO: Final = dhan_users(1)[0]
"""The client whose figures the login page prefills."""
