"""What stands in for a good answer, at every demo broker alike: gateways, portals, and where odd bodies are put."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email.utils import format_datetime
from typing import Final

from app.simulators.answers import HTML, Answer
from app.simulators.faults import Fault

DEEP: Final = 10_000
_PORTAL: Final = b"""<!DOCTYPE html><html><head><title>Guest network</title></head>
<body><h1>Welcome</h1><p>Please accept the terms to use this network.</p></body></html>"""
_BAD_GATEWAY: Final = b"<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"


@dataclass(frozen=True, slots=True)
class Oddities:
    """One broker's own: odd bodies by name, ways to change a good answer, and four answers in its words.

    `busy` is a rate limit with status 429, `down` a 500, `slow` a 504, `unmoved` a harmless answer to a request that
    never reached the broker.
    """

    bodies: Mapping[str, bytes]
    changes: Mapping[str, Callable[[Answer], bytes]]
    busy: Answer
    down: Answer
    slow: Answer
    unmoved: Answer


def substitute(own: Oddities, fault: Fault, good: Answer, *, now: datetime, elsewhere: str) -> Answer:
    """What is answered in place of `good`; `good` itself for faults that break the connection instead."""
    if fault.name in own.bodies:
        return Answer(own.bodies[fault.name])
    if fault.name == "500-success-body":
        return replace(good, status=500)
    changed = own.changes.get(fault.name)
    if changed is not None:
        return replace(good, status=200, body=changed(good), headers={})
    return _gateway(own, fault, now, elsewhere).get(fault.name, good)


def _gateway(own: Oddities, fault: Fault, now: datetime, elsewhere: str) -> dict[str, Answer]:
    later = format_datetime(now + timedelta(seconds=fault.retry_after), usegmt=True)
    return {
        "portal": Answer(_PORTAL, 200, HTML),
        "redirect-get": Answer(b"", 302, None, {"Location": elsewhere}),
        "redirect-post": Answer(b"", 307, None, {"Location": elsewhere}),
        "429-seconds": replace(own.busy, headers={"Retry-After": str(fault.retry_after)}),
        "429-date": replace(own.busy, headers={"Retry-After": later}),
        "429-bare": Answer(b"", 429, None),
        "500": own.down,
        "502-html": Answer(_BAD_GATEWAY, 502, HTML),
        "503-bare": Answer(b"", 503, None),
        "504": own.slow,
        "204-empty": Answer(b"", 204, None),
    }


def doubled(text: str) -> str | None:
    """JSON whose first object has its first key twice, null before its value; None where there is no object."""
    place = text.find('{"')
    if place < 0:
        return None
    key = text[place + 1 : text.index(":", place)]
    return f"{text[: place + 1]}{key}:null,{text[place + 1 :]}"
