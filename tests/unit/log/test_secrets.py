"""An installation's secrets are made once, and are nobody else's to read."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from infra.keys.secrets import Secrets


def test_secrets_are_made_once(tmp_path: Path) -> None:
    first, again = Secrets.open(tmp_path / "secrets"), Secrets.open(tmp_path / "secrets")

    assert len(first.wrapping_key) == 32
    assert first.wrapping_key == again.wrapping_key
    again.public_key.verify(first.signing_key.sign(b"token"), b"token")
    assert first.wrapping_key != Secrets.open(tmp_path / "other").wrapping_key


def test_secrets_are_their_owners_alone(tmp_path: Path) -> None:
    Secrets.open(tmp_path / "secrets")

    assert (tmp_path / "secrets").stat().st_mode & 0o777 == 0o700
    files = {path.name: path.stat().st_mode & 0o777 for path in (tmp_path / "secrets").iterdir()}
    assert files == {"wrapping.key": 0o600, "signing.pem": 0o600}


def test_processes_that_start_together_agree(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        opened = list(pool.map(Secrets.open, [tmp_path / "secrets"] * 8))

    assert len({each.wrapping_key for each in opened}) == 1
    assert len({each.public_key.public_bytes_raw() for each in opened}) == 1


def test_each_purpose_has_a_key_of_its_own(tmp_path: Path) -> None:
    secrets = Secrets.open(tmp_path)

    assert secrets.derive("receipts") == Secrets.open(tmp_path).derive("receipts")
    assert len({secrets.derive("receipts"), secrets.derive("cursors"), secrets.wrapping_key}) == 3


def test_a_damaged_wrapping_key_is_refused(tmp_path: Path) -> None:
    (tmp_path / "wrapping.key").write_bytes(b"short")

    with pytest.raises(ValueError, match="32 bytes"):
        Secrets.open(tmp_path)


def test_no_secret_is_shown(tmp_path: Path) -> None:
    secrets = Secrets.open(tmp_path)

    assert repr(secrets.wrapping_key) not in repr(secrets)
