"""The invented clients of this demo broker: an app key, a PIN and an authenticator each; there is no secret."""

from dataclasses import dataclass, field
from typing import Final

from app.simulators.demo import DemoUser, demo_users


@dataclass(frozen=True, slots=True)
class AngelOneUser(DemoUser):
    """One client. `api_secret` is empty (section 2.1: no call uses one); `totp_seed` is base32."""

    pin: str = field(default="2468", repr=False)
    totp_seed: str = field(default="KRSXG5CTMVRXEZLU", repr=False)


def angel_one_users(count: int = 3) -> tuple[AngelOneUser, ...]:
    """`count` clients, each with a key and a portfolio of his own."""
    return tuple(
        AngelOneUser(
            client_id=f"K{number:06d}",
            name=user.name,
            api_key=f"kunji{number:03d}",
            api_secret="",
            redirect_url="",
            basket=user.basket,
        )
        for number, user in enumerate(demo_users(count), 700_001)
    )


ANGEL_ONE_DEMO: Final = angel_one_users(1)[0]
"""The client whose figures the demo prefills."""
