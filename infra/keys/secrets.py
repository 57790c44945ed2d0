"""The installation's own secrets: made on first use, kept as files that only their owner may read."""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

KEY_BYTES: Final = 32


@dataclass(frozen=True, slots=True, repr=False)
class Secrets:
    """`wrapping_key` (32 bytes) opens every person key: without it no personal data can be read again.

    `signing_key` signs the tokens of the embedded issuer.
    """

    wrapping_key: bytes
    signing_key: Ed25519PrivateKey

    @classmethod
    def open(cls, directory: Path) -> "Secrets":
        """Reads the secrets, and makes those that are missing; several processes may do so at once."""
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        wrapping_key = _read_or_make(directory / "wrapping.key", secrets.token_bytes(KEY_BYTES))
        if len(wrapping_key) != KEY_BYTES:
            raise ValueError(f"{directory / 'wrapping.key'} does not hold {KEY_BYTES} bytes")
        signing_key = load_pem_private_key(_read_or_make(directory / "signing.pem", _new_signing_key()), password=None)
        if not isinstance(signing_key, Ed25519PrivateKey):
            raise TypeError(f"{directory / 'signing.pem'} does not hold an Ed25519 key")
        return cls(wrapping_key, signing_key)

    @classmethod
    def existing(cls, directory: Path) -> "Secrets":
        """Reads the secrets, where to make new ones would be wrong. Raises `LookupError` if there are none."""
        if not (directory / "wrapping.key").exists():
            raise LookupError(f"there is no wrapping key in {directory}")
        return cls.open(directory)

    @property
    def public_key(self) -> Ed25519PublicKey:
        return self.signing_key.public_key()

    def derive(self, purpose: str) -> bytes:
        """32 bytes for one purpose: always the same, and telling nothing about those for another."""
        return HKDF(SHA256(), KEY_BYTES, salt=None, info=b"carnet " + purpose.encode()).derive(self.wrapping_key)


def _new_signing_key() -> bytes:
    return Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _read_or_make(path: Path, content: bytes) -> bytes:
    if not path.exists():
        new = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        try:
            # A link appears whole, and only for the first of several processes: the others read what that one made.
            os.link(new, path)
        except FileExistsError:
            pass
        finally:
            new.unlink()
    return path.read_bytes()
