"""Whose token it is, and which tokens are nobody's."""

from base64 import b64encode
from datetime import timedelta
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from domain.access import Caller, Role
from infra.web.caller import CallerUnknown, Tokens
from infra.wiring import now
from tests.support.web import KEY, token

TOKENS = Tokens(KEY.public_key(), "carnet", "carnet", now)


def forged(key: Any = KEY, algorithm: str | None = "EdDSA", without: str = "", **claims: Any) -> str:
    said = {
        "iss": "carnet",
        "aud": "carnet",
        "sub": "ines",
        "role": "associate",
        "exp": now() + timedelta(minutes=5),
        **claims,
    }
    return jwt.encode({name: value for name, value in said.items() if name != without}, key, algorithm)


@pytest.mark.parametrize(
    "caller",
    [
        Caller("ines", Role.ASSOCIATE, "paris-1"),
        Caller("house", Role.HEAD_OFFICE),
        Caller("assistant", Role.ASSOCIATE, "paris-1", "ines"),
    ],
)
def test_a_token_speaks_for_its_caller(caller: Caller) -> None:
    assert TOKENS.caller(token(caller)) == caller


def test_clocks_may_differ_a_little() -> None:
    assert TOKENS.caller(token(valid=timedelta(seconds=-5))).role is Role.ASSOCIATE
    with pytest.raises(CallerUnknown, match="expired"):
        TOKENS.caller(token(valid=timedelta(seconds=-15)))


PUBLIC = KEY.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


@pytest.mark.parametrize(
    "bad",
    [
        "",
        "abc",
        "a.b.c",
        "é.x.y",
        b64encode(b"[" * 30_000).decode() + ".e30.x",
        forged() + "x",
        forged(key=Ed25519PrivateKey.from_private_bytes(b"1" * 32)),
        forged(key=None, algorithm="none"),
        forged(key=PUBLIC, algorithm="HS256"),
        forged(iss="somebody"),
        forged(aud="something"),
        forged(aud=None),
        *[forged(without=claim) for claim in ("iss", "aud", "sub", "role", "exp")],
        forged(role="queen"),
        forged(role=["associate"]),
        forged(role=None),
        forged(sub=7),
        forged(sub=""),
        forged(sub="two\nlines"),
        forged(sub="x" * 101),
        forged(store_id=7),
        forged(on_behalf_of={"id": "ines"}),
        forged(nbf=now() + timedelta(days=1)),
        forged(exp="soon"),
    ],
)
@pytest.mark.filterwarnings("ignore::jwt.InsecureKeyLengthWarning")
def test_a_token_of_another_making_is_nobodys(bad: str) -> None:
    with pytest.raises(CallerUnknown) as unknown:
        TOKENS.caller(bad)
    assert unknown.value.challenge == 'Bearer realm="carnet", error="invalid_token"'


def test_a_changed_token_is_nobodys() -> None:
    head, body, signature = token(Caller("ines", Role.ASSOCIATE)).split(".")
    _, other, _ = token(Caller("ines", Role.MANAGER)).split(".")
    with pytest.raises(CallerUnknown):
        TOKENS.caller(f"{head}.{other}.{signature}")
    assert body != other


def test_a_token_found_good_still_expires() -> None:
    clock = [now()]
    tokens = Tokens(KEY.public_key(), "carnet", "carnet", lambda: clock[0])
    good = token(valid=timedelta(minutes=5))

    assert tokens.caller(good) == tokens.caller(good)
    clock.append(clock.pop() + timedelta(minutes=6))
    with pytest.raises(CallerUnknown, match="expired"):
        tokens.caller(good)


def test_only_so_many_tokens_are_remembered() -> None:
    tokens = Tokens(KEY.public_key(), "carnet", "carnet", now)
    callers = [Caller(f"associate-{number}", Role.ASSOCIATE) for number in range(1100)]

    assert [tokens.caller(token(caller)) for caller in callers] == callers
    assert len(tokens._good) == 100
