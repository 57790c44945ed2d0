"""Seals cursors and gift receipts: whoever holds one can neither read nor change it."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from os import urandom
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE: Final = 12


class CursorSeal:
    """Implements `queries.ports.Seal` with AES-256-GCM; the key is 32 bytes, the same in every API process."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)

    def close(self, content: bytes, context: bytes) -> str:
        nonce = urandom(_NONCE)
        return urlsafe_b64encode(nonce + self._cipher.encrypt(nonce, content, context)).rstrip(b"=").decode()

    def open(self, sealed: str, context: bytes) -> bytes:
        """See `Seal`. A cursor is one text: other spellings of the same bytes are refused as well."""
        try:
            raw = urlsafe_b64decode(sealed + "=" * (-len(sealed) % 4))
            if urlsafe_b64encode(raw).rstrip(b"=").decode() != sealed:
                raise ValueError("not as it was written")
            return self._cipher.decrypt(raw[:_NONCE], raw[_NONCE:], context)
        except InvalidTag:
            raise ValueError("not sealed here, or for something else") from None
