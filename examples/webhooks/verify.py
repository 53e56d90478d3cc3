#!/usr/bin/env python3
"""Verifies webhooks that Errand sends (Standard Webhooks, scheme v1), with the standard library only.

    from verify import verify
    event = json.loads(verify(body, request.headers, secrets))     # raises WebhookRefused

By hand, the body on standard input and the secret in the environment:

    WEBHOOK_SECRET=whsec_… verify.py ID TIMESTAMP SIGNATURES < body
"""

import base64
import hashlib
import hmac
import os
import sys
import time

TOLERANCE_SECONDS = 5 * 60


class WebhookRefused(Exception):
    """The message is not what the sender sent, or not from now: answer 400 and use nothing of it."""


def verify(body, headers, secrets, now=None, tolerance=TOLERANCE_SECONDS):
    """Returns `body` (bytes, as received) when one of `secrets` signed it within `tolerance`
    seconds of `now`. `headers` is a mapping whose names are in lower case or match in any case."""
    try:
        message_id, timestamp, signatures = (
            headers[name] for name in ("webhook-id", "webhook-timestamp", "webhook-signature"))
    except KeyError as missing:
        raise WebhookRefused(f"the header {missing} is missing") from None
    if not (timestamp.isascii() and timestamp.isdigit()):
        raise WebhookRefused("the timestamp is no number of seconds")
    # An old message could be a recording that somebody sends again.
    if abs((time.time() if now is None else now) - int(timestamp)) > tolerance:
        raise WebhookRefused("the timestamp is too far from now")
    signed = f"{message_id}.{timestamp}.".encode() + body
    expected = [_sign(secret, signed) for secret in secrets]
    given = [text[3:] for text in signatures.split(" ") if text.startswith("v1,")]
    # compare_digest takes the same time wherever the texts differ, so that nobody can feel his way
    # to the right one; all pairs are compared, whichever of them fits.
    fits = [hmac.compare_digest(left.encode(), right) for left in given for right in expected]
    if not any(fits):
        raise WebhookRefused("no signature fits")
    return body


def _sign(secret, signed):
    if not secret.startswith("whsec_"):
        raise ValueError("a secret has the form whsec_<base64>")
    key = base64.b64decode(secret[len("whsec_"):], validate=True)
    return base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest())


def main():
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    names = ("webhook-id", "webhook-timestamp", "webhook-signature")
    try:
        verify(sys.stdin.buffer.read(), dict(zip(names, sys.argv[1:])),
               os.environ["WEBHOOK_SECRET"].split())
    except WebhookRefused as reason:
        sys.exit(f"refused: {reason}")
    print("genuine")


if __name__ == "__main__":
    main()
