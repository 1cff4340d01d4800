"""What other services call: Slack, when somebody presses a button under an alert."""

from __future__ import annotations

import json
from typing import Annotated, Any, Final
from urllib.parse import parse_qs

from fastapi import APIRouter, BackgroundTasks, Depends, HTTPException, Request, Response

from monitor.slack_desk import PressError, read_press
from monitor.web.parts import InParts

FIELDS_MAX: Final = 10

router = APIRouter(include_in_schema=False)


async def whole_body(request: Request) -> bytes:
    """Return the body as it came: the signature is over these very bytes."""
    return await request.body()


@router.post("/hooks/slack")
def on_slack(
    request: Request,
    parts: InParts,
    later: BackgroundTasks,
    body: Annotated[bytes, Depends(whole_body)],
) -> Response:
    """Do what a button asks for, and answer at once with nothing.

    Slack shows people nothing of what stands in the answer to a press of a button in blocks,
    and an error after three seconds. What is to be said follows over its API, to the person or
    into the thread. 404 where no secret is set, 403 for what Slack did not sign or signed more
    than five minutes ago, 400 for what is no press of a button.
    """
    slack = parts.slack
    if slack is None:
        raise HTTPException(404)
    if not slack.signed(request.headers, body):
        raise HTTPException(403, "the signature of Slack is missing, wrong or too old")
    try:
        press = read_press(_payload(body))
    except PressError as error:
        raise HTTPException(400, str(error)) from error
    answer = slack.take(press)
    if answer is not None:
        later.add_task(slack.answer, answer)
    return Response(status_code=200)


def _payload(body: bytes) -> Any:
    try:
        form = parse_qs(body.decode(), max_num_fields=FIELDS_MAX, strict_parsing=True)
        return json.loads(form["payload"][0])
    # Too deep a nesting is a RecursionError.
    except (ValueError, KeyError, RecursionError) as error:
        raise PressError("the form must hold payload, as JSON") from error
