"""`flipside demo`: a whole programme in a minute, on a server of its own that is gone afterwards."""

import asyncio
import time
from datetime import timedelta

import httpx
import uvloop
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from app import clock
from app.commands import hosting
from app.config import Settings
from app.demo.walk.caller import Api, Caller
from app.demo.walk.cast import MIN_RANK_GAP, Cast
from app.demo.walk.company import Scale
from app.demo.walk.figures import SESSIONS_EACH, Figure, Summary, events
from app.demo.walk.own_server import own_database, own_process
from app.demo.walk.receiver import Receiver, receiving
from app.demo.walk.steps import Steps, bars
from app.demo.walk.story import Story
from app.domain.access import founding

# As many as the service has connections for changes: more would wait for one, and be refused after a second.
_AT_ONCE = 8
_STALLED_SECONDS, _BEGAN_DAYS_AGO = 30.0, 60
_READ_BACK = """
    query ($programme: ID!) { programme(id: $programme) { pairings(first: 100, filter: {status: [ACTIVE]}) { nodes {
        sessions(first: 5, filter: {status: [COMPLETED]}) { nodes { focusRating } }
        goals(first: 5) { nodes { progress } }
    } } } }
"""


def walk(settings: Settings, scale: Scale) -> bool:
    """Walk through a whole programme and say what came of it. True: every figure is right."""
    console = Console()
    with (
        hosting.hosted(settings) as owner,
        bars() as progress,
        asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner,
    ):
        summary = runner.run(_walked(owner, settings, scale, progress))
    console.print(_told(summary))
    rate = summary.requests / summary.seconds
    console.print(
        f"{summary.requests} requests in {summary.seconds:.1f} s, {rate:.0f} a second; {summary.retries} repeated."
    )
    console.print(f"{summary.repeated} events came more than once; each was counted once.")
    return summary.is_right


async def _walked(owner: str, settings: Settings, scale: Scale, progress: Progress) -> Summary:
    async with own_database(owner) as address, own_process(address) as base_url, receiving() as receiver:
        async with hosting.opened(address, settings):
            founded = await founding.found("The demonstration company")
        limits = httpx.Limits(max_connections=_AT_ONCE, max_keepalive_connections=_AT_ONCE)
        async with httpx.AsyncClient(base_url=base_url, timeout=30, limits=limits) as client:
            api, steps, began = Api(client, _AT_ONCE), Steps(progress), time.monotonic()
            starts_on = (clock.now() - timedelta(days=_BEGAN_DAYS_AGO)).date()
            story = Story(Cast(api, api.by(founded.key), steps, scale, starts_on), receiver)
            await story.tell()
            # Of the story alone: what waits for the webhooks below is idle.
            seconds, requests, retries = time.monotonic() - began, api.tally.requests, api.tally.retries
            due = events(scale).total()
            await steps.until("Webhooks verified", due, lambda: _verified(receiver), patience=_STALLED_SECONDS)
            figures = await _figures(story)
        repeated = sum(inbox.repeated for inbox in receiver.inboxes.values())
        return Summary(seconds, requests, retries, repeated, figures)


async def _verified(receiver: Receiver) -> int:
    return receiver.verified.total()


async def _figures(story: Story) -> list[Figure]:
    """Everything that can be counted, read back over the API or counted by the receiver."""
    cast = story.cast
    admin, programme = cast.admin, {"programme_id": cast.programme_id}
    people, pairs, due = cast.scale.people, cast.scale.pairs, events(cast.scale)
    pairings = [row async for row in admin.every("/v1/pairings", status="active", **programme)]
    deliveries = [row["status"] async for row in admin.every("/v1/deliveries", fields="status")]
    received, inboxes = story.receiver.verified, story.receiver.inboxes.values()
    far_apart = sum(row["rank_gap"] >= MIN_RANK_GAP for row in pairings)
    right_types = sum(received[kind] == count for kind, count in due.items())
    return [
        # The office that founding makes is one more.
        Figure("people in the directory", people + 1, await _count(admin, "/v1/people")),
        Figure("active pairings (REST)", pairs, len(pairings)),
        Figure("pairs refused, since somebody was promoted", 1, story.refused.count("rank_gap")),
        Figure(f"of them with a rank gap of {MIN_RANK_GAP} or more", pairs, far_apart),
        *await _seen_by_graphql(story),
        Figure("deliveries that were due", due.total(), len(deliveries)),
        Figure("deliveries made", due.total(), deliveries.count("delivered")),
        Figure("events verified by the receiver", due.total(), received.total()),
        Figure("event types with the right number", len(due), right_types),
        Figure("deliveries that failed verification", 0, sum(inbox.failed for inbox in inboxes)),
    ]


async def _count(caller: Caller, path: str) -> int:
    return len([row async for row in caller.every(path, fields="id")])


async def _seen_by_graphql(story: Story) -> list[Figure]:
    asked = await story.pairs[0].mentor.ask("{ pairings { nodes { id } } }")
    data = await story.cast.coordinator.ask(_READ_BACK, programme=story.cast.programme_id)
    nodes, pairs = data["programme"]["pairings"]["nodes"], story.cast.scale.pairs
    return [
        Figure("active pairings (GraphQL)", pairs, len(nodes)),
        Figure(
            "sessions held",
            SESSIONS_EACH * story.cast.scale.pairs,
            sum(len(node["sessions"]["nodes"]) for node in nodes),
        ),
        Figure("pairings that a participant sees", 1, len(asked["pairings"]["nodes"])),
    ]


def _told(summary: Summary) -> Table:
    table = Table("figure", "expected", "seen", "")
    for figure in summary.figures:
        verdict = "right" if figure.is_right else "WRONG"
        table.add_row(figure.name, str(figure.expected), str(figure.seen), verdict)
    return table
