"""Which broker the settings name, and what is said when it cannot be."""

import sys

import pytest
from pydantic import ValidationError

from app.brokers import choosing
from app.brokers.choosing import ExtraMissing
from app.config import Settings


def test_without_a_setting_there_is_no_broker() -> None:
    assert choosing.broker(Settings()) is None


@pytest.mark.parametrize(("kind", "library"), [("nats", "nats"), ("kafka", "confluent_kafka")])
def test_a_library_that_is_missing_is_named_with_the_extra_that_brings_it(
    kind: str, library: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, library, None)
    monkeypatch.delitem(sys.modules, f"app.brokers.{kind}", raising=False)

    with pytest.raises(ExtraMissing, match=rf"asks for {kind}.* pip install 'flipside\[{kind}\]'"):
        choosing.broker(Settings(broker_url=f"{kind}://127.0.0.1:1"))


@pytest.mark.parametrize("url", ["nats://me:hidden@host:4222", "amqp://host:5672", "nats://host", "kafka://a:1,b"])
def test_an_address_that_is_no_brokers_is_refused(url: str) -> None:
    with pytest.raises(ValidationError, match="without user and password"):
        Settings(broker_url=url)


@pytest.mark.parametrize("url", ["nats://host:4222", "nats+tls://a.example:1,b.example:2", "kafka://[::1]:9092"])
def test_an_address_of_a_broker_is_taken(url: str) -> None:
    assert Settings(broker_url=url).broker_url == url
