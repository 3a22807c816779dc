"""The demo broker's own page for Dhan's consent: a form that a person can use."""

from html import escape
from typing import Final

from app.simulators.pages import page

_FORM: Final = """<h1>Sign in to Kunji's demo broker</h1>
<p>This is Kunji's demo broker on this computer, in Dhan's manner: no real broker, no password, everything invented.</p>
<form method="post" action="/login/consentApp-login">
<input type="hidden" name="consentAppId" value="{consent}">
<label for="client_id">Client ID</label>
<input type="text" id="client_id" name="client_id" value="{client_id}" autocomplete="off" inputmode="numeric"
 spellcheck="false" required autofocus aria-describedby="note">
{note}
<div class="row">
<button class="main" type="submit" name="do" value="sign-in">Sign in</button>
<button type="submit" name="do" value="cancel" formnovalidate>Cancel</button>
</div>
</form>"""


def form(*, consent: str, client_id: str, error: str = "") -> bytes:
    """The page, with the client id filled in, or with what was typed and what is wrong with it."""
    if error:
        note = f'<p class="error" id="note" role="alert">{escape(error)}</p>'
    else:
        note = f'<p class="hint" id="note">Demo client {escape(client_id)} is filled in: just press Sign in.</p>'
    return page(_FORM.format(consent=escape(consent), client_id=escape(client_id), note=note))
