"""What is kept of a second factor, in words. No Qt."""

from collections.abc import Collection
from typing import Final

from app.domain.tongue import tr

_NAMES: Final = {"pin": "PIN", "totp_secret": "TOTP secret"}
_MEANS: Final = {
    "PIN": "PIN is kept: a sign-in asks for the code alone.",
    "TOTP secret": "TOTP secret is kept: a sign-in asks for the PIN alone.",
    "PIN and TOTP secret": "PIN and TOTP secret are kept: whoever can use this computer can sign in.",
}
_UNREAD: Final = "Whether PIN or TOTP secret is kept is not known while it cannot be read."
_NOTHING: Final = "Neither PIN nor TOTP secret is kept."


def kept_names(keeps: Collection[str]) -> str:
    """The parts by name: "PIN and TOTP secret"."""
    return tr(" and ").join(tr(words) for key, words in _NAMES.items() if key in keeps)


def kept_words(keeps: Collection[str] | None) -> str:
    """What is kept, and what that means; None is what cannot be read."""
    if keeps is None:
        return tr(_UNREAD)
    parts = " and ".join(words for key, words in _NAMES.items() if key in keeps)
    return tr(_MEANS.get(parts, _NOTHING))
