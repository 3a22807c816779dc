"""The demo broker's own login page: a form that a person can use, plainly not the page of any real broker."""

from html import escape
from typing import Final

from app.simulators.pages import page

_FORM: Final = """<h1>Sign in to Kunji's demo broker</h1>
<p>This is Kunji's demo broker on this computer: no real broker, no password, everything invented.</p>
<form method="post" action="/api/v3/generate-authcode">
<input type="hidden" name="client_id" value="{app_id}">
<input type="hidden" name="redirect_uri" value="{redirect_uri}">
<input type="hidden" name="response_type" value="code">
<input type="hidden" name="state" value="{state}">
<label for="user_id">Client ID</label>
<input type="text" id="user_id" name="user_id" value="{user_id}" autocomplete="off" autocapitalize="characters"
 spellcheck="false" required autofocus aria-describedby="note">
{note}
<div class="row">
<button class="main" type="submit" name="do" value="sign-in">Sign in</button>
<button type="submit" name="do" value="cancel" formnovalidate>Cancel</button>
</div>
</form>"""


def form(
    *, app_id: str, redirect_uri: str, state: str, client_id: str, typed: str | None = None, error: str = ""
) -> bytes:
    """The page, with the demo's client id filled in, or with what was typed and what is wrong with it."""
    if error:
        note = f'<p class="error" id="note" role="alert">{escape(error)}</p>'
    else:
        note = f'<p class="hint" id="note">Demo user {escape(client_id)} is filled in: just press Sign in.</p>'
    body = _FORM.format(
        app_id=escape(app_id),
        redirect_uri=escape(redirect_uri),
        state=escape(state),
        user_id=escape(client_id if typed is None else typed),
        note=note,
    )
    return page(body)
