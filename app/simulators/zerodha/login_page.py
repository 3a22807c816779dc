"""The demo broker's own login page: a form that a person can use, plainly not the page of any real broker."""

from html import escape
from typing import Final

from app.simulators.pages import page

_FORM: Final = """<h1>Sign in to Kunji's demo broker</h1>
<p>This is Kunji's demo broker on this computer: no real broker, no password, everything invented.</p>
<form method="post" action="/connect/login">
<input type="hidden" name="api_key" value="{api_key}">
<input type="hidden" name="redirect_params" value="{redirect_params}">
<label for="user_id">User ID</label>
<input type="text" id="user_id" name="user_id" value="{user_id}" autocomplete="off" autocapitalize="characters"
 spellcheck="false" required autofocus aria-describedby="note">
{note}
<div class="row">
<button class="main" type="submit" name="do" value="sign-in">Sign in</button>
<button type="submit" name="do" value="cancel" formnovalidate>Cancel</button>
</div>
</form>"""


def form(*, api_key: str, client_id: str, redirect_params: str, typed: str | None = None, error: str = "") -> bytes:
    """The page, with the demo's user id filled in, or with what was typed and what is wrong with it."""
    if error:
        note = f'<p class="error" id="note" role="alert">{escape(error)}</p>'
    else:
        note = f'<p class="hint" id="note">Demo user {escape(client_id)} is filled in: just press Sign in.</p>'
    body = _FORM.format(
        api_key=escape(api_key),
        redirect_params=escape(redirect_params),
        user_id=escape(client_id if typed is None else typed),
        note=note,
    )
    return page(body)
