"""The broker that the settings name, if they name one. Its library is imported then, and not before."""

from importlib import import_module
from pathlib import Path
from typing import NamedTuple

from app.brokers.port import Broker
from app.config import Settings


class ExtraMissing(RuntimeError):
    """`FLIPSIDE_BROKER_URL` names a kind of broker whose library is not installed."""


class Place(NamedTuple):
    """Where the broker is, and as whom it is met."""

    hosts: tuple[str, ...]
    is_tls: bool
    ca_file: Path | None
    user: str | None
    password: str | None


def broker(settings: Settings) -> Broker | None:
    """The broker, not yet connected. Raises `ExtraMissing`."""
    if settings.broker_url is None:
        return None
    scheme, _, hosts = settings.broker_url.partition("://")
    kind, _, tls = scheme.partition("+")
    try:
        module = import_module(f"app.brokers.{kind}")
    except ModuleNotFoundError as error:
        raise ExtraMissing(
            f"FLIPSIDE_BROKER_URL asks for {kind}, whose library is not installed. Run: pip install 'flipside[{kind}]'"
        ) from error
    password = settings.broker_password.get_secret_value() if settings.broker_password else None
    place = Place(tuple(hosts.split(",")), bool(tls), settings.broker_ca_file, settings.broker_user, password)
    made: Broker = module.made(place, settings)
    return made
