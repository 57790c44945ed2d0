"""Who asks, from the token she brings: a JWT signed with Ed25519 by the house's issuer, and by nobody else."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from fastapi import Request
from fastapi.openapi.models import HTTPBearer
from fastapi.security.base import SecurityBase

from commands.ports import Clock
from domain.access import Caller, Role

ALGORITHM: Final = "EdDSA"

# How far the clocks of the issuer and of this machine may differ.
LEEWAY: Final = timedelta(seconds=10)

_REMEMBERED: Final = 1000

_IDENTIFIER: Final = re.compile(r"[^\x00-\x20\x7f]{1,100}")


class CallerUnknown(Exception):
    """There is no token, or none that this house accepts. `detail` says why, without repeating it."""

    def __init__(self, detail: str, *, brought: bool) -> None:
        super().__init__(detail)
        self.detail = detail
        # RFC 6750, 3: an error is named only to those who brought a token.
        self.challenge = 'Bearer realm="carnet"' + (', error="invalid_token"' if brought else "")


class Tokens:
    """Checks tokens. `issuer` and `audience` are the `iss` and `aud` that a token must carry.

    A signature takes longer to check than everything else about a request, so tokens found good are remembered.
    """

    def __init__(self, public_key: Ed25519PublicKey, issuer: str, audience: str, clock: Clock) -> None:
        self._public_key = public_key
        self._issuer = issuer
        self._audience = audience
        self._clock = clock
        self._good: dict[str, tuple[Caller, float]] = {}

    def caller(self, token: str) -> Caller:
        """The caller a token speaks for; raises `CallerUnknown` for a token that is forged, expired or incomplete."""
        if (good := self._good.get(token)) is None:
            good = self._check(token)
            if len(self._good) >= _REMEMBERED:
                self._good.clear()
            self._good[token] = good
        caller, expires = good
        if self._clock().timestamp() >= expires + LEEWAY.total_seconds():
            raise CallerUnknown("The token has expired.", brought=True)
        return caller

    def _check(self, token: str) -> tuple[Caller, float]:
        try:
            claims = jwt.decode(
                token,
                self._public_key,
                algorithms=[ALGORITHM],
                issuer=self._issuer,
                audience=self._audience,
                leeway=LEEWAY,
                options={"require": ["exp", "iss", "aud", "sub", "role"]},
            )
        except jwt.ExpiredSignatureError:
            raise CallerUnknown("The token has expired.", brought=True) from None
        except (jwt.InvalidTokenError, RecursionError):
            raise CallerUnknown("The token is not valid here.", brought=True) from None
        return _caller(claims), float(claims["exp"])


def _caller(claims: Mapping[str, Any]) -> Caller:
    try:
        role = Role(claims["role"])
    except ValueError:
        raise CallerUnknown("The token names no role of this house.", brought=True) from None
    store_id, on_behalf_of = claims.get("store_id"), claims.get("on_behalf_of")
    for identifier in (claims["sub"], store_id, on_behalf_of):
        if identifier is not None and not (isinstance(identifier, str) and _IDENTIFIER.fullmatch(identifier)):
            raise CallerUnknown("The token holds an identifier that is none.", brought=True)
    return Caller(claims["sub"], role, store_id, on_behalf_of)


def issue(
    key: Ed25519PrivateKey, caller: Caller, *, issuer: str, audience: str, now: datetime, valid: timedelta
) -> str:
    """A token for a caller, signed with the house's own key: the embedded issuer."""
    claims = {
        "iss": issuer,
        "aud": audience,
        "sub": caller.id,
        "role": caller.role.value,
        "store_id": caller.store_id,
        "on_behalf_of": caller.on_behalf_of,
        "iat": now,
        "exp": now + valid,
    }
    return jwt.encode({name: value for name, value in claims.items() if value is not None}, key, algorithm=ALGORITHM)


class Bearer(SecurityBase):
    """The dependency that gives a route its caller, and OpenAPI its security scheme."""

    def __init__(self, tokens: Tokens) -> None:
        self.scheme_name = "token"
        self.model = HTTPBearer(bearerFormat="JWT", description="`carnet token --role associate` prints one.")
        self._tokens = tokens

    async def __call__(self, request: Request) -> Caller:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise CallerUnknown("This needs a token: Authorization: Bearer ...", brought=False)
        return self._tokens.caller(token.strip())
