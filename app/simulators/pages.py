"""The frame of the demo brokers' own pages, plainly not the page of any real broker."""

from html import escape
from typing import Final

_STYLE: Final = """
:root{color-scheme:light dark;--bg:#EEF0F4;--panel:#FFFFFF;--text:#161924;--soft:#474D5E;--line:#8A91A1;
--accent:#3440A0;--on:#FFFFFF;--press:#2A3488;--bad:#B3261E;--band:#9C4708;--tint:#F6F7F9}
@media (prefers-color-scheme:dark){:root{--bg:#0F1117;--panel:#171A22;--text:#ECEEF4;--soft:#B8BECB;--line:#6B7386;
--accent:#525FD6;--on:#FFFFFF;--press:#4A57CC;--bad:#FF8178;--band:#F0A060;--tint:#12151C}}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;display:flex;flex-direction:column;align-items:center;justify-content:center;gap:12px;
padding:16px;background:var(--bg);color:var(--text);font:15px/1.45 Inter,system-ui,sans-serif;
border-top:4px solid var(--band)}
main{width:100%;max-width:394px;background:var(--panel);border-radius:8px;padding:20px}
h1{margin:0 0 4px;font-size:20px;line-height:1.3}
p{margin:0 0 12px;color:var(--soft)}
.mark{color:var(--band);font-weight:600;margin:0}
label{display:block;font-weight:500;margin:16px 0 4px}
input[type=text]{width:100%;height:40px;padding:0 12px;font:inherit;color:inherit;background:var(--tint);
border:1px solid var(--line);border-radius:6px}
.hint,.error{font-size:13px;margin:4px 0 16px}
.error{color:var(--bad);font-weight:500}
.row{display:flex;flex-wrap:wrap;gap:8px}
button{flex:1 1 120px;min-height:40px;font:inherit;font-weight:500;border-radius:6px;cursor:pointer;
border:1px solid var(--line);background:transparent;color:inherit}
button.main{background:var(--accent);border-color:var(--accent);color:var(--on)}
button.main:hover{background:var(--press)}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
"""

_PAGE: Final = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>Sign in: Kunji's demo broker</title>
<style>{style}</style>
</head>
<body>
<main>
<p class="mark">DEMO, no real money</p>
{body}
</main>
</body>
</html>
"""

SAFE: Final = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
}
"""Headers of every page: nothing is kept, nothing is loaded from elsewhere, nobody frames it."""


def notice(title: str, text: str) -> bytes:
    """A page that only says something."""
    return page(f"<h1>{escape(title)}</h1>\n<p>{escape(text)}</p>")


def page(body: str) -> bytes:
    """`body` in the frame that all demo pages share."""
    return _PAGE.format(style=_STYLE, body=body).encode()
