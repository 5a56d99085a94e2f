"""Phones and tokens at rest: AES-256-GCM under rotating keys, and a keyed blind index to look them up by.

The first of the keys writes, all of them read. Each text says which key wrote it, so a rotation is: put a new key in
front, run `flask rotate-keys`, take the old one away.
"""

import base64
import hashlib
import hmac
import os
from collections.abc import Sequence
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

NONCE_BYTES = 12
KEY_ID_LENGTH = 8


class UnknownKey(Exception):
    """A text was written with a key that is no longer among FIELD_ENCRYPTION_KEYS."""


@dataclass(frozen=True)
class _Key:
    id: str
    box: AESGCM = field(repr=False)
    index_key: bytes = field(repr=False)


class Cipher:
    """Encrypts with the first key, decrypts with any, and makes blind indexes."""

    def __init__(self, keys: Sequence[str]) -> None:
        self._keys = tuple(_make_key(secret) for secret in keys)
        self._by_id = {key.id: key for key in self._keys}

    def encrypt(self, text: str) -> str:
        """`<key id>.<base64 of nonce and sealed text>`; twice the same text gives two different results."""
        key, nonce = self._keys[0], os.urandom(NONCE_BYTES)
        return f"{key.id}.{base64.urlsafe_b64encode(nonce + key.box.encrypt(nonce, text.encode(), None)).decode()}"

    def decrypt(self, sealed: str) -> str:
        """Inverse of `encrypt`. Raises UnknownKey, or InvalidTag where the text was tampered with."""
        key_id, _, packed = sealed.partition(".")
        if key_id not in self._by_id:
            raise UnknownKey(key_id)
        raw = base64.urlsafe_b64decode(packed)
        return self._by_id[key_id].box.decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], None).decode()

    def seal(self, data: bytes) -> bytes:
        """`encrypt` for bytes: key id, nonce and sealed bytes, without base64, which would add a third."""
        key, nonce = self._keys[0], os.urandom(NONCE_BYTES)
        return key.id.encode() + nonce + key.box.encrypt(nonce, data, None)

    def unseal(self, sealed: bytes) -> bytes:
        """Inverse of `seal`. Raises UnknownKey, or InvalidTag where the bytes were tampered with."""
        key_id, rest = bytes(sealed[:KEY_ID_LENGTH]).decode("ascii", "replace"), sealed[KEY_ID_LENGTH:]
        if key_id not in self._by_id:
            raise UnknownKey(key_id)
        return self._by_id[key_id].box.decrypt(rest[:NONCE_BYTES], rest[NONCE_BYTES:], None)

    @property
    def current(self) -> str:
        """The id of the key that writes: what `seal` puts in front."""
        return self._keys[0].id

    def is_current(self, sealed: str) -> bool:
        """Whether the first key wrote it."""
        return sealed.startswith(self._keys[0].id + ".")

    def index(self, text: str) -> str:
        """The blind index to store: the same text always gives the same, nobody without the key can make it."""
        return _index(self._keys[0], text)

    def indexes(self, text: str) -> tuple[str, ...]:
        """Every index this text may be stored under; look up with all of them, a rotation may be half done."""
        return tuple(_index(key, text) for key in self._keys)


def _make_key(secret: str) -> _Key:
    key = _derive(secret, b"field encryption")
    key_id = hashlib.sha256(key).hexdigest()[:KEY_ID_LENGTH]
    return _Key(key_id, AESGCM(key), _derive(secret, b"blind index"))


def _derive(secret: str, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose).derive(secret.encode())


def _index(key: _Key, text: str) -> str:
    return hmac.new(key.index_key, text.encode(), hashlib.sha256).hexdigest()


_installed: list[Cipher] = []


def install(cipher: Cipher) -> None:
    """Make this the cipher of the process; once, before the first query."""
    _installed[:] = [cipher]


def installed() -> Cipher:
    """The cipher of this process."""
    if not _installed:
        raise RuntimeError("no cipher installed: call core.cipher.install first")
    return _installed[0]
