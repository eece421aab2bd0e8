"""An agent in Python: the standard library, and `cryptography` for one signature."""

import base64
import json
import os
import time
import uuid
from urllib.error import HTTPError
from urllib.parse import urlencode, urljoin
from urllib.request import Request, urlopen

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

ENDPOINT = os.environ["AUTONOMY_ENDPOINT"]
AGENT = os.environ["AGENT_ID"]
with open(os.environ["AGENT_KEY_FILE"], encoding="utf-8") as file:
    JWK = json.load(file)


def base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unbase64url(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def assertion() -> str:
    """A word of the agent's own, signed with its Ed25519 key: who it is, to whom it says so, once, for a minute."""
    now = int(time.time())
    claims = {"iss": AGENT, "sub": AGENT, "aud": f"{ENDPOINT}/oauth/token", "jti": str(uuid.uuid4())}
    parts = [{"alg": "EdDSA", "kid": JWK["kid"]}, {**claims, "iat": now, "exp": now + 60}]
    body = ".".join(base64url(json.dumps(part).encode()) for part in parts)
    key = Ed25519PrivateKey.from_private_bytes(unbase64url(JWK["d"]))
    return f"{body}.{base64url(key.sign(body.encode()))}"


def send(request: Request):
    """Gives status, headers and JSON; a refusal is an answer like any other."""
    try:
        with urlopen(request, timeout=35) as response:
            return response.status, response.headers, json.load(response)
    except HTTPError as refusal:
        return refusal.code, refusal.headers, json.load(refusal)


def get_token() -> str:
    form = {
        "grant_type": "client_credentials",
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "client_assertion": assertion(),
    }
    status, _, answer = send(Request(f"{ENDPOINT}/oauth/token", data=urlencode(form).encode()))
    if status != 200:
        raise RuntimeError(f"no token: {answer}")
    return answer["access_token"]


def act(token: str, request: dict, key: str) -> dict:
    """Asks, and while people decide asks again, no sooner than it is told to."""
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    asked = Request(
        f"{ENDPOINT}/v1/actions",
        data=json.dumps(request).encode(),
        headers={**headers, "Idempotency-Key": key},
    )
    status, told, answer = send(asked)
    while status == 202:
        time.sleep(int(told.get("Retry-After", "5")))
        status, told, answer = send(Request(urljoin(ENDPOINT, told["Location"]), headers=headers))
    if "action" in answer:
        return {**answer["action"], "output": answer["detail"]}
    if status != 200:
        raise RuntimeError(f"{status}: {answer.get('detail')}")
    return answer


REQUESTS = [
    {
        "tool": "erp.get_quotes",
        "input": {"category": "office", "vendor": "Contoso Paper", "price": "6.20", "currency": "USD"},
        "purpose": "Compare prices before a purchase",
    },
    {"tool": "erp.get_budget", "input": {"unit": "facilities"}, "purpose": "Know what may still be spent"},
    {"tool": "erp.pay_everyone", "input": {}, "purpose": "See what a denial looks like"},
]

if __name__ == "__main__":
    token = get_token()
    for n, request in enumerate(REQUESTS):
        action = act(token, request, f"plain-python.{n}")
        print(json.dumps({"tool": request["tool"], "status": action["status"], "output": action.get("output")}))
