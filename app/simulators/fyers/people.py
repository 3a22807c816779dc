"""The invented people of this demo broker: their App IDs carry the suffix of an activated algo app."""

from dataclasses import replace
from typing import Final

from app.simulators.demo import DEMO, DemoUser, demo_users

READ_ONLY: Final = "-100"
"""The suffix of an older app: data and read-only calls since April 2026 (sheet section 11)."""
_ALGO: Final = "-200"


def fyers_users(count: int = 3, *, redirect_url: str = DEMO.redirect_url) -> tuple[DemoUser, ...]:
    """The demo users, each with an App ID of ten characters and its suffix (sheet section 2)."""
    users = demo_users(count, redirect_url=redirect_url)
    return tuple(replace(user, api_key=f"KUNJI{number:05d}{_ALGO}") for number, user in enumerate(users, 1))
