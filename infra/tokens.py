"""Whose tokens this house accepts: its own, or those of the issuer that the settings name."""

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from infra.web.caller import Tokens
from infra.wiring import House, now


def tokens(opened: House) -> Tokens:
    settings = opened.settings
    return Tokens(_public_key(opened), settings.token_issuer, settings.token_audience, now)


def _public_key(opened: House) -> Ed25519PublicKey:
    if (path := opened.settings.token_public_key) is None:
        return opened.secrets.public_key
    key = load_pem_public_key(path.read_bytes())
    if not isinstance(key, Ed25519PublicKey):
        raise TypeError(f"{path} does not hold an Ed25519 public key")
    return key
