"""What the words of the command line mean, for a start of the window before anything else is described."""

import pytest

from app.cli import options

WINDOW: tuple[list[str], ...] = ([], ["--hidden"], ["--profile-dir", "there"], ["--hidden", "--profile-dir=there"])


@pytest.mark.parametrize("words", WINDOW)
def test_start_of_the_window_waits_for_no_description_of_commands(
    words: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = vars(options._parser().parse_args(words))
    monkeypatch.setattr(options, "_parser", lambda: pytest.fail("all commands were described"))

    found = vars(options.parse(words))

    assert {name: found[name] for name in whole} == whole


@pytest.mark.parametrize("words", [["--profile-dir"], ["--hid"], ["--"], ["--hidden", "nothing"]])
def test_mistake_is_told_with_all_commands(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        options.parse(words)

    assert (ended.value.code, "COMMAND" in capsys.readouterr().err) == (2, True)
