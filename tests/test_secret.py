"""The secret of an installation: given in production, made once in development, never reused across purposes."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import secret
from app.config import Settings
from app.secret import SecretMissing

GIVEN = "thirty-two characters, and more of them"


def of(key: str | None, folder: Path, environment: str = "production") -> Settings:
    """Settings with a secret key, whatever this machine's environment says."""
    return Settings.model_validate({"secret_key": key, "data_dir": folder, "environment": environment})


def test_the_given_secret_is_used_and_nothing_is_written(tmp_path: Path) -> None:
    assert secret.master(of(GIVEN, tmp_path)) == GIVEN.encode()
    assert list(tmp_path.iterdir()) == []


def test_a_short_secret_is_refused_without_being_shown(tmp_path: Path) -> None:
    assert secret.master(of("a" * 32, tmp_path)) == b"a" * 32

    with pytest.raises(SecretMissing, match="at least 32 characters") as refused:
        secret.master(of("b" * 31, tmp_path))

    assert "b" * 31 not in str(refused.value)


def test_production_does_not_start_without_a_secret(tmp_path: Path) -> None:
    with pytest.raises(SecretMissing, match="FLIPSIDE_SECRET_KEY is not set"):
        secret.master(of(None, tmp_path))

    assert list(tmp_path.iterdir()) == []


def test_development_makes_a_secret_once_for_its_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "var"

    made = secret.master(of(None, folder, "development"))

    assert len(made) == 64
    assert secret.master(of(None, folder, "development")) == made
    assert stat.S_IMODE((folder / "secret.key").stat().st_mode) == 0o600
    assert [path.name for path in folder.iterdir()] == ["secret.key"]


def test_the_secret_is_nobody_elses_at_any_moment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    modes = []
    write = Path.write_bytes

    def watched(path: Path, data: bytes) -> int:
        written = write(path, data)
        modes.append(stat.S_IMODE(path.stat().st_mode))
        return written

    monkeypatch.setattr(Path, "write_bytes", watched)
    secret.master(of(None, tmp_path, "development"))

    assert modes == [0o600]


def test_processes_that_start_at_once_share_one_secret(tmp_path: Path) -> None:
    code = "from app import config, secret; print(secret.master(config.settings()).decode())"
    environment = {**os.environ, "FLIPSIDE_DATA_DIR": str(tmp_path), "FLIPSIDE_ENVIRONMENT": "development"}
    environment.pop("FLIPSIDE_SECRET_KEY", None)

    started = [
        subprocess.Popen([sys.executable, "-c", code], env=environment, stdout=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    said = {process.communicate(timeout=60)[0] for process in started}

    assert said == {(tmp_path / "secret.key").read_text() + "\n"}
    assert [path.name for path in tmp_path.iterdir()] == ["secret.key"]


@given(st.text(max_size=30), st.text(max_size=30))
def test_each_purpose_has_a_key_of_its_own(one: str, other: str) -> None:
    settings = of(GIVEN, Path("unused"))

    assert len(secret.derive(settings, one)) == 32
    assert (secret.derive(settings, one) == secret.derive(settings, other)) is (one == other)


def test_another_secret_derives_other_keys(tmp_path: Path) -> None:
    one, other = (secret.derive(of(f"{GIVEN} {number}", tmp_path), "cursor") for number in (1, 2))

    assert one != other
