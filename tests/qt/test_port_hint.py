"""Whether the redirect port is free is said before the sign-in needs it."""

import socket

import pytest

from app.qt.port_hint import is_free, port_hint, port_of


@pytest.mark.parametrize(
    ("address", "port"),
    [
        ("http://127.0.0.1:5021/zerodha", 5021),
        ("http://localhost:80/x", 80),
        ("https://127.0.0.1:5021/", None),
        ("http://example.com:5021/", None),
        ("http://127.0.0.1/", None),
        ("http://127.0.0.1:99999/", None),
        ("nonsense", None),
        ("", None),
    ],
)
def test_only_a_port_of_this_computer_counts(address: str, port: int | None) -> None:
    assert port_of(address) == port


def test_a_port_that_somebody_listens_on_is_not_free() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]

        assert not is_free(port)
        assert "Another program" in port_hint(f"http://127.0.0.1:{port}/zerodha")[0]


def test_a_port_left_behind_is_free() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        port = other.getsockname()[1]

    assert port_hint(f"http://127.0.0.1:{port}/z") == (f"Port {port} is free on this computer.", "state.ok")


def test_an_address_elsewhere_gets_no_hint() -> None:
    assert port_hint("https://example.com/") == ("", "muted")
