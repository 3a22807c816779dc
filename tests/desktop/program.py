"""Which Kunji the desktop's tests run: the source tree, or the packaged program that KUNJI_PACKAGED names.

KUNJI_PACKAGED is the folder dist/kunji-tested (see packaging/kunji.spec): the shipped files, and beside them two
programs of the same modules whose entry is `launch.py` and `launch_demo.py` and hold `heartbeat.py` too.
The packaged programs run in another folder and with an environment emptied by `alone.sh`. Only the tests read that
variable.
"""

import os
import sys
from pathlib import Path
from typing import Final

PACKAGED: Final = "KUNJI_PACKAGED"
ALONE: Final = Path(__file__).with_name("alone.sh")


def packaged() -> Path | None:
    """The folder of the packaged program, None for the source tree."""
    named = os.environ.get(PACKAGED)
    return Path(named) if named else None


def kunji(*words: str) -> list[str]:
    """The program as the user starts it."""
    return _command("app", "kunji", words)


def kunji_at(url: str, shift: str, *words: str) -> list[str]:
    """The program whose broker is at `url` and whose clock is `shift` seconds ahead."""
    return _command("tests.desktop.launch", "kunji-launch", (url, shift, *words))


def kunji_demo(log: Path, *words: str) -> list[str]:
    """`kunji demo`, what its brokers see written to `log`."""
    return _command("tests.desktop.launch_demo", "kunji-launch-demo", (str(log), "demo", *words))


def _command(module: str, program: str, words: tuple[str, ...]) -> list[str]:
    folder = packaged()
    if folder is None:
        return [sys.executable, "-m", module, *words]
    return ["sh", str(ALONE), str(folder / program), *words]
