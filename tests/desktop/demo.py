"""What `packaging/demo.sh` does without a display: the whole walk in a private desktop session, told step by step.

    python -m tests.desktop.demo FOLDER [SCALE]        the pictures go into FOLDER

Exit status 0 only when every step was observed. Ends by itself, whatever hangs.
"""

import signal
import sys
import tempfile
import time
from pathlib import Path
from types import FrameType
from typing import Final

from tests.desktop import browser
from tests.desktop.desktop import Desktop, NotObservedError, Setting
from tests.desktop.program import kunji_demo
from tests.desktop.walk import Log, Person, Step, Walk
from tests.desktop.window import Window

MORNING: Final = "10:00"  # the walk does not depend on the hour at which it is taken
DEADLINE: Final = 300  # seconds for everything; half a minute is usual
DEMO: Final = Person("DEMO01", "kunjidemokey0001", "kunjidemosecret0000000000000001", "http://127.0.0.1:8765/")


def demo_command(log: Path) -> list[str]:
    """`kunji demo`, its broker's log kept in `log`."""
    return kunji_demo(log, "--at", MORNING)


def too_late(_: int, __: FrameType | None) -> None:
    """The alarm."""
    raise NotObservedError(f"the walk is not over after {DEADLINE} s")


def say(text: str) -> None:
    """Tell the person who started this."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def tell(step: Step) -> None:
    """Say what was seen in a step."""
    say(f"\n{step.name}")
    for seen in step.seen:
        say(f"  seen in the {seen.where}: {seen.what}")
    say(f"  picture: {step.picture}")


def walk(pictures: Path, folder: Path, scale: float) -> int:
    """Walk, and return the exit status."""
    began = time.monotonic()
    log = folder / "simulator.jsonl"
    with Desktop.start(folder / "logs", Setting(scale=scale)) as desktop:
        window = Window(desktop, folder / "profile", demo_command(log))
        window.open({"BROWSER": str(browser.wrapper(folder / "browser"))})
        walked = Walk(desktop, window, DEMO, Log(log), pictures, tell)
        steps = [*walked.all(), walked.take(walked.other_brokers)]
        status = window.quit()
    say(f"\nquit\n  seen from outside: the process ended with {status}")
    say(f"\nAll {len(steps)} steps were observed in {time.monotonic() - began:.0f} s. Pictures: {pictures}")
    return status


def main() -> int:
    """Say at the end whether everything was seen."""
    pictures = Path(sys.argv[1]).resolve()
    scale = float(sys.argv[2]) if len(sys.argv) > 2 else 1.0
    signal.signal(signal.SIGALRM, too_late)
    signal.alarm(DEADLINE)
    with tempfile.TemporaryDirectory(prefix="kunji-demo-") as folder:
        try:
            return walk(pictures, Path(folder), scale)
        except NotObservedError as error:
            say(f"\nNOT OBSERVED: {error}")
            for log in sorted(Path(folder, "logs").glob("kunji*.log")):
                say(f"--- {log.name}\n{log.read_text(errors='replace')[-3000:]}")
            return 1
        finally:
            signal.alarm(0)


if __name__ == "__main__":
    raise SystemExit(main())
