"""What the command line prints where a terminal cannot show it, or nobody takes it."""

import subprocess
from pathlib import Path

from tests.cli.conftest import Kunji

ASCII = {"PYTHONIOENCODING": "ascii"}


def test_signs_that_a_terminal_cannot_show_do_not_stop_an_answer(kunji: Kunji) -> None:
    kunji.connected("\u0936\u093e\u0939 \U0001f4b9")

    status, positions = kunji.run("status", env=ASCII), kunji.run("positions", env=ASCII)

    assert (status.code, status.err) == (0, "")
    assert "\\u0936" in status.out
    assert (positions.code, positions.err) == (0, "")


def test_json_is_plain_whatever_the_terminal_can_show(kunji: Kunji) -> None:
    kunji.connected("\u0936\u093e\u0939 \U0001f4b9")

    done = kunji.run("status", "--json", env=ASCII)

    assert done.out.isascii()
    assert done.json["accounts"][0]["name"] == "\u0936\u093e\u0939 \U0001f4b9"


def test_a_reader_who_has_gone_is_no_trouble(kunji: Kunji, processes: list[subprocess.Popen[str]]) -> None:
    kunji.connected()
    process = kunji.start("positions")
    processes.append(process)
    assert process.stdout is not None
    assert process.stderr is not None
    with process:  # closes its ends and waits
        process.stdout.close()
        said = process.stderr.read()

    assert (process.returncode, said) == (0, "")


def test_an_answer_that_cannot_be_written_has_an_exit_code_of_its_own(kunji: Kunji) -> None:
    kunji.connected()

    with Path("/dev/full").open("w") as full:
        done = kunji.run("status", out=full)

    assert done.code == 9
    assert "Traceback" not in done.err
