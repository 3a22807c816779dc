"""The pages that a browser gets from the redirect listener: fixed words, nothing of what was asked for."""

from typing import Final

from app.domain.records import dataclass


@dataclass(frozen=True, slots=True)
class Page:
    """One answer: its status line and its words."""

    status: str
    title: str
    text: str


LANDED: Final = Page("200 OK", "You can close this tab", "Return to Kunji: it goes on with the sign-in.")
UNDONE: Final = Page(
    "200 OK", "Nobody was signed in", "You can close this tab and return to Kunji. Nothing was changed."
)
FOREIGN: Final = Page(
    "404 Not Found", "Nothing here", "This address belongs to Kunji and only to a sign-in it started."
)

_HTML: Final = (
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Kunji</title></head>'
    "<body><h1>{title}</h1><p>{text}</p></body></html>"
)
_HEADERS: Final = (
    "Content-Type: text/html; charset=utf-8",
    "Cache-Control: no-store",
    "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    "Referrer-Policy: no-referrer",
    "X-Content-Type-Options: nosniff",
    "Connection: close",
)


def page(what: Page) -> bytes:
    """`what` as a complete HTTP answer."""
    body = _HTML.format(title=what.title, text=what.text).encode()
    head = "\r\n".join((f"HTTP/1.1 {what.status}", *_HEADERS, f"Content-Length: {len(body)}"))
    return head.encode("ascii") + b"\r\n\r\n" + body
