"""Requests of the web server, read for the broker."""

from aiohttp.web_request import BaseRequest

from app.simulators.zerodha.calls import ROUTES, Call


async def read(request: BaseRequest) -> Call:
    """One request, its form read (sheet section 3: POST and PUT are form-encoded)."""
    operation, where = ROUTES.find(request.method, request.path)
    form = await request.post() if request.method in {"POST", "PUT"} else {}
    query = request.rel_url.query
    return Call(
        operation=operation,
        method=request.method,
        path=request.path,
        where=where,
        query=dict(query),
        names=tuple(query.getall("i", [])),
        remote=request.remote or "",
        authorization=request.headers.get("Authorization"),
        form={name: value for name, value in form.items() if isinstance(value, str)},
        raw=await request.read() if form else b"",
    )
