"""Every colour that carries information can be told from what is behind it; states never rest on colour alone."""

import re

import pytest

from app.qt.theme import style_sheet
from app.qt.tokens import (
    ACCOUNT_COLOURS,
    DARK,
    LIGHT,
    STATE_SHAPES,
    STATE_TOKENS,
    Tokens,
    account_colour,
    contrast,
)
from app.services.views import AccountState
from app.services.words import state_name
from app.system.resources import resource

TABLES = pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])
TEXTS = (
    "text",
    "text.soft",
    "text.muted",
    "accent.text",
    "gain",
    "loss",
    "state.ok",
    "state.warn",
    "state.bad",
    "state.off",
    "side.buy",
    "side.sell",
)
BEHIND = ("bg.panel", "bg.window", "bg.sunken", "bg.selected", "bg.hover", "bg.market", "accent.tint")
SHAPES = ("line.strong", "focus", "state.ok", "state.warn", "state.bad", "state.off")
RULE = re.compile(r"(?P<selector>[^{}/]+)\{(?P<body>[^}]*)\}")


def test_the_known_contrast_of_black_on_white() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21.0)


@TABLES
@pytest.mark.parametrize("behind", BEHIND)
@pytest.mark.parametrize("name", TEXTS)
def test_texts_reach_four_and_a_half(tokens: Tokens, name: str, behind: str) -> None:
    assert contrast(tokens[name], tokens[behind]) >= 4.5


@TABLES
@pytest.mark.parametrize("state", ["ok", "warn", "bad", "off"])
def test_texts_on_a_tint_reach_four_and_a_half(tokens: Tokens, state: str) -> None:
    tint = tokens[f"state.{state}.tint"]

    assert all(contrast(tokens[name], tint) >= 4.5 for name in ("text", "text.soft", f"state.{state}"))


@TABLES
@pytest.mark.parametrize("name", ["accent", "accent.hover", "accent.press"])
def test_the_words_of_a_filled_button_reach_four_and_a_half(tokens: Tokens, name: str) -> None:
    assert contrast(tokens["accent.on"], tokens[name]) >= 4.5


@TABLES
@pytest.mark.parametrize("behind", ["bg.panel", "bg.window", "bg.sunken", "bg.hover", "bg.market"])
@pytest.mark.parametrize("name", SHAPES)
def test_borders_and_shapes_reach_three(tokens: Tokens, name: str, behind: str) -> None:
    assert contrast(tokens[name], tokens[behind]) >= 3.0


@TABLES
@pytest.mark.parametrize("behind", ["bg.panel", "bg.market"])
def test_a_session_can_be_told_from_the_hours_behind_it(tokens: Tokens, behind: str) -> None:
    assert contrast(tokens["rail.past"], tokens[behind]) >= 3.0


@TABLES
@pytest.mark.parametrize("colour", ACCOUNT_COLOURS)
def test_the_bar_of_an_account_reaches_three(tokens: Tokens, colour: str) -> None:
    assert min(contrast(account_colour(colour), tokens[behind]) for behind in ("bg.panel", "bg.sunken")) >= 3.0


@TABLES
def test_every_pair_of_the_style_sheet_reaches_its_ratio(tokens: Tokens) -> None:
    low = [
        (selector, kind, ratio)
        for selector, kind, ratio in pairs(resource("kunji.qss").read_text(), tokens)
        if ratio < {"text": 4.5, "border": 3.0}[kind]
    ]

    assert low == []


def pairs(sheet: str, tokens: Tokens) -> list[tuple[str, str, float]]:
    """Words and what is behind them, in each rule that names both; borders of controls and what they stand on."""
    found = []
    for rule in RULE.finditer(sheet):
        selector, body = rule["selector"].strip(), rule["body"]
        behind = re.search(r"background: \$([a-z.]+[a-z])", body)
        words = re.search(r"(?<![-a-z])color: \$([a-z.]+[a-z])", body)
        border = re.search(r"border[a-z-]*: [0-9]px solid \$([a-z.]+[a-z])", body)
        if behind and words:
            found.append((selector, "text", contrast(tokens[words[1]], tokens[behind[1]])))
        if border and behind and border[1] not in ("line.soft", behind[1]) and ":hover" not in selector:
            found.append((selector, "border", contrast(tokens[border[1]], tokens["bg.panel"])))
    return found


def test_the_style_sheet_has_pairs_to_measure() -> None:
    measured = pairs(resource("kunji.qss").read_text(), LIGHT)

    assert {kind for _, kind, _ in measured} == {"text", "border"}
    assert len(measured) > 20


def test_both_tables_name_the_same_colours() -> None:
    assert LIGHT.keys() == DARK.keys()


@TABLES
def test_the_style_sheet_is_filled_completely(tokens: Tokens) -> None:
    filled = style_sheet(tokens)

    assert "$" not in filled
    assert set(re.findall(r"#[0-9A-Fa-f]{6}", filled)) <= set(tokens.values())


def test_the_style_sheet_names_no_colour_of_its_own() -> None:
    assert not re.findall(r"#[0-9A-Fa-f]{3,8}\b", resource("kunji.qss").read_text())


def test_every_state_has_a_shape_and_a_word_of_its_own() -> None:
    assert len({STATE_SHAPES[state] for state in AccountState}) == len(AccountState)
    assert len({state_name(state) for state in AccountState}) == len(AccountState)


def test_red_is_only_for_money_that_cannot_be_reached() -> None:
    red = [state for state, token in STATE_TOKENS.items() if token == "state.bad"]

    assert red == [AccountState.SIGNED_OUT]


@pytest.mark.parametrize("shape", STATE_SHAPES.values())
@pytest.mark.parametrize("look", ["light", "dark"])
def test_every_shape_is_drawn_for_both_looks(shape: str, look: str) -> None:
    assert resource(f"icons/state-{shape}-{look}.svg").stat().st_size > 0


def test_no_account_colour_is_a_state_colour() -> None:
    states = {tokens[token] for tokens in (LIGHT, DARK) for token in STATE_TOKENS.values()}

    assert not states & set(ACCOUNT_COLOURS.values())


def test_an_unknown_account_colour_is_grey() -> None:
    assert account_colour("gold") == ACCOUNT_COLOURS["slate"]
