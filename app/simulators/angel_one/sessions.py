"""How a client comes to tokens and leaves them (section 2)."""

from app.simulators.angel_one.answers import success
from app.simulators.angel_one.calls import Call
from app.simulators.angel_one.errors import Refusals, standard
from app.simulators.angel_one.tokens import Desk, Tokens
from app.simulators.answers import Answer


class Sessions:
    """Login, refresh and logout."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def session(self, call: Call) -> Answer:
        """loginByPassword; `state` is echoed, null when it was not sent."""
        tokens = self._desk.log_in(call.body)
        return _issued(tokens, call.body.get("state"))

    def renew(self, call: Call) -> Answer:
        """generateTokens: the refresh token in the body, the old session in the header."""
        login, tokens = self._desk.check(call.token)
        refresh = call.body.get("refreshToken")
        if not isinstance(refresh, str):
            raise Refusals.dead_refresh(expired=False)
        return _issued(self._desk.renew(login, tokens, refresh), None)

    def logout(self, call: Call) -> Answer:
        """A short text; whether the tokens die with it is a switch."""
        login, tokens = self._desk.check(call.token)
        if call.body.get("clientcode") != login.user.client_id:
            raise standard("AB1032", "User Not Found")
        if not self._desk.lingers:
            login.sessions.remove(tokens)
        return success("Logout Successfully")


def _issued(tokens: Tokens, state: object) -> Answer:
    """The token comes without "Bearer " in front."""
    data = {"jwtToken": tokens.jwt, "refreshToken": tokens.refresh, "feedToken": tokens.feed, "state": state}
    return success(data)
