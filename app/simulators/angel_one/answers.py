"""The two envelopes of a success (section 6.1)."""

from app.simulators.answers import Answer, encode


def success(data: object) -> Answer:
    """The standard one."""
    return Answer(encode({"status": True, "message": "SUCCESS", "errorcode": "", "data": data}))


def gateway_success(data: object) -> Answer:
    """The one of quotes with items that were not fetched (section 4.4)."""
    return Answer(encode({"success": True, "message": "SUCCESS", "errorCode": "", "data": data}))
