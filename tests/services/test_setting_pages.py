"""What is written about settings is what they are."""

from pathlib import Path

import pytest

from app.services.setting_pages import lines
from app.services.setting_table import GROUPS, NAMES, SETTINGS, Setting

DOCS = Path(__file__).parents[2] / "docs"


def test_the_document_of_the_settings_is_current() -> None:
    assert (DOCS / "settings.md").read_text("utf-8") == "\n".join(lines()) + "\n"


def test_the_command_lines_document_leads_to_it() -> None:
    assert "(settings.md)" in (DOCS / "cli.md").read_text("utf-8")


@pytest.mark.parametrize("setting", SETTINGS, ids=NAMES)
def test_every_setting_says_what_it_is_in_sentences(setting: Setting) -> None:
    assert setting.group in GROUPS
    assert setting.title[0].isupper()
    assert not setting.title.endswith(".")
    assert setting.meaning.endswith(".")
