"""The reference: the same answers by the least that can be done in Python.

A bare ASGI callable, its own small pool of asyncpg connections, one prepared, hand-written statement per request
whose JSON PostgreSQL builds. No duties: no access control, no validation, no row-level security.
"""

import asyncio
import os
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

import asyncpg
import orjson

from app import ids
from bench.limit_pages import BOARD, VIEWER

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
POOL = 8
# The planner thinks that a page of sessions is nearly all there are, and would sort them.
_SETTINGS = {"timezone": "UTC", "jit": "off", "enable_bitmapscan": "off"}

PAIRING = """
    select row_to_json(r) from (
      select id, programme_id, mentor_id, mentee_id, status, health, rank_gap, starts_on, ends_on,
        cadence_target_days, version, created_at
      from pairing where organisation_id = $1 and id = $2) r
"""
SESSIONS = """
    select json_build_object('items', coalesce(json_agg(r), '[]'),
      'next_cursor', (array_agg(r.starts_at || '|' || r.id))[50])
    from (
      select id, pairing_id, programme_id, number, status, starts_at, ends_at, zone, mode, topic, version, updated_at
      from session
      where organisation_id = $1 and programme_id = $2 and status = $3 and (starts_at, id) < ($4, $5)
      order by starts_at desc, id desc limit 50) r
"""
NESTED = """
    select json_build_object('data', json_build_object('programme', (
      select json_build_object('name', g.name, 'pairings', json_build_object('nodes', (
        select coalesce(json_agg(j), '[]') from (
          select p.id, upper(p.status) as status,
            (select json_build_object('displayName', a.display_name, 'department', a.department)
              from person a where a.organisation_id = g.organisation_id and a.id = p.mentor_id) as mentor,
            (select json_build_object('displayName', b.display_name, 'department', b.department)
              from person b where b.organisation_id = g.organisation_id and b.id = p.mentee_id) as mentee,
            (select json_build_object('nodes', coalesce(json_agg(s), '[]')) from (
              select starts_at as "startsAt", upper(status) as status, topic from session
              where organisation_id = g.organisation_id and pairing_id = p.id order by starts_at, id limit 10) s
            ) as sessions,
            (select json_build_object('nodes', coalesce(json_agg(o), '[]')) from (
              select title, progress from goal
              where organisation_id = g.organisation_id and pairing_id = p.id order by id limit 10) o) as goals,
            (select avg(focus_rating)::float8 from session f
              where f.organisation_id = g.organisation_id and f.pairing_id = p.id and f.status = 'completed'
            ) as "averageFocus"
          from pairing p where p.organisation_id = g.organisation_id and p.programme_id = g.id order by p.id limit 20
        ) j)))
      from programme g where g.organisation_id = $1 and g.id = $2)))
"""
PEOPLE = """
    select json_build_object('data', json_build_object('people',
      json_build_object('nodes', coalesce(json_agg(r), '[]'))))
    from (
      select id, display_name as "displayName", work_email as "workEmail", department, title, rank_level as "rankLevel",
        location, zone, upper(employment_status) as "employmentStatus", hire_date as "hireDate"
      from person where organisation_id = $1 order by id limit 100) r
"""
CREATE = """
    with pair as (
      select organisation_id, id, programme_id, mentor_id, mentee_id from pairing where organisation_id = $1 and id = $2
    ), made as (
      insert into session (organisation_id, id, version, created_at, updated_at, programme_id, pairing_id, number,
        status, starts_at, ends_at, zone, mode, topic, reschedule_count, calendar_uid, calendar_sequence)
      select organisation_id, $3, 1, now(), now(), programme_id, id,
        (select coalesce(max(number), 0) + 1 from session where organisation_id = $1 and pairing_id = $2), 'scheduled',
        $4::timestamptz, $4::timestamptz + $5::int * interval '1 minute', 'Europe/Paris', $6, $7, 0,
        $3 || '@flipside', 0
      from pair returning *
    ), seats as (
      insert into attendance (organisation_id, id, version, created_at, updated_at, session_id, person_id,
        starts_at, ends_at, is_busy)
      select made.organisation_id, seat.id, 1, now(), now(), made.id, seat.person_id, made.starts_at, made.ends_at, true
      from made, pair, lateral (values ($8, mentor_id), ($9, mentee_id)) as seat(id, person_id)
    ), told as (
      insert into outbox_event (organisation_id, id, type, subject, visibility, actor, changed, data, occurred_at,
        failures)
      select made.organisation_id, $10, 'session.scheduled', made.id, 'programme', 'limit', '[]', jsonb_build_object(
        'session_id', made.id, 'pairing_id', pairing_id, 'programme_id', made.programme_id, 'mentor_id', mentor_id,
        'mentee_id', mentee_id, 'number', number, 'status', status, 'starts_at', starts_at, 'ends_at', ends_at,
        'minutes', $5::int, 'zone', zone, 'mode', mode, 'calendar_uid', calendar_uid,
        'calendar_sequence', calendar_sequence), now(), 0
      from made, pair
    )
    select row_to_json(r) from (
      select id, pairing_id, programme_id, series_id, number, status, starts_at, ends_at, proposed_by, answer_by, zone,
        mode, topic, focus_rating, reschedule_count, calendar_uid, calendar_sequence, completed_at, cancelled_at,
        cancelled_by, cancel_reason, version, created_at, updated_at from made) r
"""
STATEMENTS = (PAIRING, SESSIONS, NESTED, PEOPLE, VIEWER, BOARD, CREATE)


class Pool:
    """Connections that each carry their prepared statements; taking one costs no round trip."""

    def __init__(self) -> None:
        self._free: list[dict[str, Any]] = []
        self._slots = asyncio.Semaphore(POOL)

    async def open(self, address: str) -> None:
        """Connect."""
        for _ in range(POOL):
            connection = await asyncpg.connect(address, server_settings=_SETTINGS)
            await connection.set_type_codec("json", schema="pg_catalog", encoder=bytes, decoder=bytes, format="binary")
            self._free.append({sql: await connection.prepare(sql) for sql in STATEMENTS})
            # Preparing sends no Sync: until the next command the server would keep a snapshot.
            await connection.execute("select 1")

    async def value(self, sql: str, *values: Any) -> bytes | None:
        """The one value that a statement returns."""
        async with self._slots:
            prepared = self._free.pop()
            try:
                found: bytes | None = await prepared[sql].fetchval(*values)
            finally:
                self._free.append(prepared)
        return found


pool = Pool()


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer one request. The header `authorization` holds bare ids: of the organisation, and of who asks."""
    if scope["type"] == "lifespan":
        await _lifespan(receive, send)
        return
    caller = next(value for name, value in scope["headers"] if name == b"authorization").decode()
    organisation_id, _, person_id = caller.partition(" ")
    path, status = scope["path"], 200
    if path == "/graphql":
        asked = orjson.loads(await _body(receive))
        if "id" in asked["variables"]:
            body = await pool.value(NESTED, organisation_id, asked["variables"]["id"])
        elif "programme" in asked["variables"]:
            body = await pool.value(BOARD, organisation_id, asked["variables"]["programme"])
        elif person_id:
            body = await pool.value(VIEWER, organisation_id, person_id)
        else:
            body = await pool.value(PEOPLE, organisation_id)
    elif scope["method"] == "POST":
        body, status = await _create(organisation_id, await _body(receive)), 201
    elif path.startswith("/v1/pairings/"):
        body = await pool.value(PAIRING, organisation_id, path[13:])
    else:
        asked = dict(parse_qsl(scope["query_string"].decode()))
        starts_at, _, session_id = asked["cursor"].partition("|")
        after = datetime.fromisoformat(starts_at), session_id
        body = await pool.value(SESSIONS, organisation_id, asked["programme_id"], asked["status"], *after)
    if body is None:
        body, status = b"{}", 404
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _create(organisation_id: str, body: bytes) -> bytes | None:
    asked = orjson.loads(body)
    return await pool.value(
        CREATE,
        organisation_id,
        asked["pairing_id"],
        ids.new("ses"),
        datetime.fromisoformat(asked["starts_at"]),
        asked["duration_minutes"],
        asked["mode"],
        asked["topic"],
        ids.new("att"),
        ids.new("att"),
        ids.new("evt"),
    )


async def _body(receive: Receive) -> bytes:
    message = await receive()
    body: bytes = message["body"]
    while message.get("more_body"):
        message = await receive()
        body += message["body"]
    return body


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        kind = (await receive())["type"]
        if kind == "lifespan.startup":
            await pool.open(os.environ["BENCH_ADDRESS"])
        await send({"type": f"{kind}.complete"})
        if kind == "lifespan.shutdown":
            return
