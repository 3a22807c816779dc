"""The simulator beside a program that has other things to do: controls that may be called from here."""

import threading
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest

from app.simulators import DEMO, ZerodhaSimulator, in_thread
from app.simulators.threads import ThreadedSimulator
from tests.fakes.clock import going_clock


def status(running: ThreadedSimulator, token: str = "") -> int:
    parts = urlsplit(running.base_url)
    connection = HTTPConnection(str(parts.hostname), parts.port or 0, timeout=30)
    try:
        connection.request("GET", "/user/profile", headers={"Authorization": f"token {DEMO.api_key}:{token}"})
        return connection.getresponse().status
    finally:
        connection.close()


def test_controls_work_from_another_thread() -> None:
    with in_thread(ZerodhaSimulator(clock=going_clock())) as running:
        token = running.controls.replace_token(DEMO.client_id)
        assert status(running, token) == 200
        running.controls.expire(DEMO.client_id)
        assert status(running, token) == 403
        assert [seen.status for seen in running.log] == [200, 403]


def test_order_requests_are_told_to_another_thread() -> None:
    with in_thread(ZerodhaSimulator(clock=going_clock())) as running:
        token = running.controls.replace_token(DEMO.client_id)
        parts = urlsplit(running.base_url)
        connection = HTTPConnection(str(parts.hostname), parts.port or 0, timeout=30)
        headers = {
            "Authorization": f"token {DEMO.api_key}:{token}",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        connection.request("POST", "/orders/regular", "tag=abc", headers)
        assert connection.getresponse().status == 400
        connection.close()
        assert [(call.tag, call.status, call.booked) for call in running.order_calls] == [("abc", 400, ())]
        assert running.controls.booked(DEMO.client_id) == ()


def test_error_of_a_control_reaches_the_caller() -> None:
    with in_thread(ZerodhaSimulator(clock=going_clock())) as running, pytest.raises(KeyError):
        running.controls.expire("NOBODY")


def test_stop_ends_the_thread() -> None:
    before = set(threading.enumerate())
    running = in_thread(ZerodhaSimulator(clock=going_clock()))
    running.start()
    url = urlsplit(running.base_url)
    running.controls.fault("*", "accept-stall")
    running.stop()
    assert set(threading.enumerate()) <= before
    with pytest.raises(ConnectionRefusedError):
        HTTPConnection(str(url.hostname), url.port or 0, timeout=30).connect()


def test_taken_port_is_told_and_leaves_no_thread() -> None:
    before = set(threading.enumerate())
    with in_thread(ZerodhaSimulator(clock=going_clock())) as first:
        second = in_thread(ZerodhaSimulator(clock=going_clock()))
        with pytest.raises(OSError, match=r"(?i)in use"):
            second.start(port=urlsplit(first.base_url).port or 0)
    assert set(threading.enumerate()) <= before
