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
)
BEHIND = ("bg.panel", "bg.window", "bg.sunken", "bg.selected")


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
@pytest.mark.parametrize("name", ["line.strong", "rail.past", "focus", "side.sell"])
def test_borders_and_shapes_reach_three(tokens: Tokens, name: str) -> None:
    assert contrast(tokens[name], tokens["bg.panel"]) >= 3.0


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
