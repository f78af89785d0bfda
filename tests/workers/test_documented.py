"""A delivery is what the contract says: its headers and its body, as they arrive."""

from jsonschema import Draft202012Validator

from app.routers import asyncapi
from app.workers.deliver import Deliverer
from tests.workers.conftest import MakeEndpoint
from tests.workers.lms import Lms
from tests.workers.steps import deliver, due
from tests.world import World


async def test_a_delivery_carries_the_headers_and_the_body_of_the_contract(
    world: World, endpoint: MakeEndpoint, deliverer: Deliverer, receiver: Lms
) -> None:
    await endpoint(types=("person.created",))
    await due(world)
    await deliver(deliverer)

    (hook,) = receiver.hooks
    components = asyncapi.document()["components"]
    for name, value in (("Headers", hook.headers), ("PersonCreatedEvent", hook.event)):
        schema = {"$ref": f"#/components/schemas/{name}", "components": components}
        Draft202012Validator(schema).validate(value)
    ours = {header for header in hook.headers if header.startswith(("webhook-", "flipside-"))}
    assert ours == components["schemas"]["Headers"]["properties"].keys()
