"""Notices of HR systems: whose signature is good, whom they name, and that each is taken once."""

import base64
import hmac
from datetime import timedelta
from typing import Any

import orjson
import pytest

from app.domain.connectors import notices
from app.domain.connectors.models import NoticeStyle
from app.errors import Invalid
from tests.conftest import TestClock

KEY = b"a-secret-that-both-know."
SECRETS = dict.fromkeys(NoticeStyle, KEY.decode()) | {
    NoticeStyle.STANDARD_WEBHOOKS: "whsec_" + base64.b64encode(KEY).decode()
}
BODIES: dict[NoticeStyle, dict[str, Any]] = {
    NoticeStyle.BAMBOOHR: {"employees": [{"id": "E-1"}, {"employeeId": 2}, "x"]},
    NoticeStyle.HIBOB: {"type": "employee.updated", "data": {"employeeId": "E-1"}},
    NoticeStyle.STANDARD_WEBHOOKS: {"type": "people.changed", "data": {"ids": ["E-1", "2", "2"]}},
}


def signed(style: NoticeStyle, body: bytes, at: float) -> dict[str, str]:
    """The headers of a notice, by the public recipe of its kind."""
    time = str(int(at))
    if style is NoticeStyle.HIBOB:
        return {"bob-signature": base64.b64encode(hmac.digest(KEY, body, "sha512")).decode()}
    if style is NoticeStyle.BAMBOOHR:
        made = hmac.digest(KEY, body + time.encode(), "sha256").hex()
        return {"x-bamboohr-timestamp": time, "x-bamboohr-signature": made}
    made = base64.b64encode(hmac.digest(KEY, f"msg_1.{time}.".encode() + body, "sha256")).decode()
    return {"webhook-id": "msg_1", "webhook-timestamp": time, "webhook-signature": f"v1,{'A' * 44} v1,{made}"}


@pytest.mark.parametrize("style", NoticeStyle)
def test_a_notice_is_good_with_its_own_body_and_secret_alone(style: NoticeStyle, clock: TestClock) -> None:
    body, secret = orjson.dumps(BODIES[style]), SECRETS[style]
    headers = signed(style, body, clock.time.timestamp())

    assert notices.is_signed(style, headers, body, secret)
    assert not notices.is_signed(style, headers, body + b" ", secret)
    assert not notices.is_signed(style, headers, body, base64.b64encode(b"another secret of another").decode())
    assert not notices.is_signed(style, {}, body, secret)


@pytest.mark.parametrize("style", [NoticeStyle.BAMBOOHR, NoticeStyle.STANDARD_WEBHOOKS])
def test_a_notice_is_refused_when_it_is_old_where_its_time_is_signed(style: NoticeStyle, clock: TestClock) -> None:
    at = clock.time - notices.OLDEST - timedelta(seconds=1)

    assert not notices.is_signed(style, signed(style, b"{}", at.timestamp()), b"{}", SECRETS[style])


def test_a_standard_webhook_without_an_id_is_not_signed(clock: TestClock) -> None:
    style, time = NoticeStyle.STANDARD_WEBHOOKS, str(int(clock.time.timestamp()))
    made = base64.b64encode(hmac.digest(KEY, f".{time}.{{}}".encode(), "sha256")).decode()
    headers = {"webhook-timestamp": time, "webhook-signature": f"v1,{made}"}

    assert not notices.is_signed(style, headers, b"{}", SECRETS[style])
    assert not notices.is_signed(style, headers | {"webhook-id": ""}, b"{}", SECRETS[style])


def test_a_secret_that_is_no_base64_signs_no_standard_webhook(clock: TestClock) -> None:
    style = NoticeStyle.STANDARD_WEBHOOKS

    assert not notices.is_signed(style, signed(style, b"{}", clock.time.timestamp()), b"{}", "whsec_!")


@pytest.mark.parametrize("style", NoticeStyle)
def test_people_are_found_where_each_kind_of_system_names_them(style: NoticeStyle) -> None:
    expected = ["E-1"] if style is NoticeStyle.HIBOB else ["2", "E-1"]

    assert notices.people_named(style, orjson.dumps(BODIES[style])) == expected
    for test in (b"Ping test", b'{"text":"Ping test"}', b"[]", b'{"data":[],"employees":{}}'):
        assert notices.people_named(style, test) == []


def test_an_earlier_form_of_a_notice_is_read_too() -> None:
    assert notices.people_named(NoticeStyle.HIBOB, b'{"employee":{"id":"E-1"}}') == ["E-1"]


@pytest.mark.parametrize("ids", [["../E-1"], [f"E-{number}" for number in range(101)]], ids=["no id", "many"])
def test_what_does_not_name_people_is_refused(ids: list[str]) -> None:
    with pytest.raises(Invalid) as refused:
        notices.people_named(NoticeStyle.STANDARD_WEBHOOKS, orjson.dumps({"data": {"ids": ids}}))

    assert [fault.code for fault in refused.value.faults] == ["unreadable_notice"]
