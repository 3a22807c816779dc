"""Every colour of the window, by name, in a light and a dark table (design.md section 3).

QSS and QPalette are filled from these tables and nothing else names a colour. The contrast of each pair that carries
information is computed by a test: 4.5 for text, 3.0 for shapes and the borders of controls.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

Tokens = Mapping[str, str]

LIGHT: Final[Tokens] = MappingProxyType(
    {
        "bg.window": "#EEF0F4",
        "bg.panel": "#FFFFFF",
        "bg.sunken": "#F6F7F9",
        "bg.hover": "#F0F2F7",
        "bg.selected": "#E4E7F7",
        "bg.market": "#F1F2F7",
        "line.soft": "#DFE2E9",
        "line.strong": "#7C8494",
        "text": "#161924",
        "text.soft": "#474D5E",
        "text.muted": "#5D6475",
        "accent": "#3440A0",
        "accent.on": "#FFFFFF",
        "accent.hover": "#2A3488",
        "accent.press": "#222A70",
        "accent.text": "#3440A0",
        "accent.tint": "#E4E7F7",
        "focus": "#3440A0",
        "gain": "#00695F",
        "loss": "#BF360C",
        "state.ok": "#0B6E5A",
        "state.ok.tint": "#E0F1EC",
        "state.warn": "#855400",
        "state.warn.tint": "#FDF1D2",
        "state.warn.fill": "#E5A50A",
        "state.bad": "#B3261E",
        "state.bad.tint": "#FBE6E3",
        "state.off": "#5A6274",
        "state.off.tint": "#E9EBF0",
        "side.buy": "#1A5CB8",
        "side.sell": "#9C4708",
        "rail.past": "#4A9A86",
        "rail.ahead": "#BFDFD6",
    }
)

DARK: Final[Tokens] = MappingProxyType(
    {
        "bg.window": "#0F1117",
        "bg.panel": "#171A22",
        "bg.sunken": "#12151C",
        "bg.hover": "#1F2430",
        "bg.selected": "#272C4A",
        "bg.market": "#20242F",
        "line.soft": "#2A2F3B",
        "line.strong": "#717A8D",
        "text": "#ECEEF4",
        "text.soft": "#B8BECB",
        "text.muted": "#949CAD",
        "accent": "#525FD6",
        "accent.on": "#FFFFFF",
        "accent.hover": "#4A57CC",
        "accent.press": "#4651BF",
        "accent.text": "#A6AFFF",
        "accent.tint": "#232843",
        "focus": "#A6AFFF",
        "gain": "#3ECFB5",
        "loss": "#FF8A5E",
        "state.ok": "#45C9A4",
        "state.ok.tint": "#14302A",
        "state.warn": "#F2BC45",
        "state.warn.tint": "#352A10",
        "state.warn.fill": "#F2BC45",
        "state.bad": "#FF8178",
        "state.bad.tint": "#351C1D",
        "state.off": "#A0A8B8",
        "state.off.tint": "#232732",
        "side.buy": "#7FB2FF",
        "side.sell": "#F0A060",
        "rail.past": "#2F8A72",
        "rail.ahead": "#1F4A40",
    }
)

ACCOUNT_COLOURS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "blue": "#4F7CC4",
        "teal": "#2E9AA6",
        "violet": "#8E6BBF",
        "brown": "#B0794A",
        "olive": "#7C8A3C",
        "rose": "#B8678F",
        "slate": "#6F7F95",
        "clay": "#A86458",
    }
)
"""A bar beside the account's name in both themes; never a state, never a background."""

STATE_TOKENS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "signed_out": "state.bad",
        "locked": "state.off",
        "ends_soon": "state.warn",
        "not_confirmed": "state.warn",
        "watch_only": "state.warn",
        "refused": "state.warn",
        "offline": "state.off",
        "signing_in": "accent.text",
        "ready": "state.ok",
    }
)

STATE_SHAPES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "signed_out": "expired",
        "locked": "locked",
        "ends_soon": "expiring",
        "not_confirmed": "unknown",
        "watch_only": "watch",
        "refused": "refused",
        "offline": "offline",
        "signing_in": "signing-in",
        "ready": "ready",
    }
)
"""The icon "state-<shape>-<light|dark>" of a state; keys are the values of `AccountState`, not imported: start-up."""


def account_colour(name: str) -> str:
    """The bar's colour for the stored name of a colour; an unknown name is grey, never an error."""
    return ACCOUNT_COLOURS.get(name, ACCOUNT_COLOURS["slate"])


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two "#RRGGBB" colours, 1 to 21 (WCAG 2.2, 1.4.3)."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else float(((channel + 0.055) / 1.055) ** 2.4)  # noqa: PLR2004 - sRGB
