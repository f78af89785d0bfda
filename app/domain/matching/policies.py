"""What the runs of a programme go by: its own policy, or the default, and its own two rules in either case."""

from typing import Any

from app import ids
from app.auth.actor import Actor
from app.db import Db
from app.domain.matching.models import MatchingPolicy
from app.domain.matching.resource import MATCHING_POLICIES
from app.domain.matching.schemas import MatchingPolicyCreate, MatchingPolicyUpdate, MatchingTemplate, PolicyChange
from app.domain.programmes.models import Programme, ProgrammeModel
from app.domain.programmes.resource import PROGRAMMES
from app.errors import Fault, Invalid
from app.matching.policy import Policy, faults
from app.matching.templates import TEMPLATES
from app.reading import rows

DEFAULT = MatchingTemplate.BALANCED


async def create(db: Db, actor: Actor, data: MatchingPolicyCreate) -> MatchingPolicy:
    """Give a programme a matching policy of its own: a template, and what differs from it."""
    programme = await rows.refer(
        db, actor, PROGRAMMES, data.programme_id, "create_matching_policy", pointer="/programme_id"
    )
    policy = MatchingPolicy(
        organisation_id=db.organisation_id,
        id=ids.new(MatchingPolicy.prefix),
        programme_id=programme.id,
        template=data.changes().get("template", DEFAULT),
        body=_kept(changed(TEMPLATES[DEFAULT], data)),
    )
    db.add(policy)
    return policy


async def update(db: Db, actor: Actor, policy_id: str, data: MatchingPolicyUpdate) -> MatchingPolicy:
    """Change a matching policy. Runs that were made keep the one that they were made with."""
    policy: MatchingPolicy = await rows.get(db, actor, MATCHING_POLICIES, policy_id, "update_matching_policy")
    policy.template = data.changes().get("template", policy.template)
    policy.body = _kept(changed(Policy.model_validate(policy.body), data))
    return policy


async def in_force(db: Db, programme: Programme) -> Policy:
    """The policy that a run of the programme goes by now."""
    own = await rows.every(db, MatchingPolicy, programme_id=programme.id)
    return of_programme(Policy.model_validate(own[0].body) if own else TEMPLATES[DEFAULT], programme)


def of_programme(policy: Policy, programme: Programme) -> Policy:
    """The policy with the rules that are the programme's own, and in one pool if both are to learn there."""
    own = {
        "min_rank_gap": programme.min_rank_gap,
        "require_cross_department": programme.require_cross_department,
    }
    rules, is_mutual = policy.rules.model_copy(update=own), programme.model is ProgrammeModel.RECIPROCAL
    return policy.model_copy(update={"rules": rules, "reciprocal": policy.reciprocal or is_mutual})


def changed(policy: Policy, data: PolicyChange, *, pointer: str = "") -> Policy:
    """The policy with the changes. Raises `Invalid` with every fault that it then has; `pointer` leads to `data`."""
    changes = data.model_dump(exclude_unset=True, exclude={"programme_id", "template"})
    base = TEMPLATES[data.template] if "template" in data.model_fields_set else policy
    found = Policy.model_validate(base.model_dump() | changes)
    if wrong := faults(found):
        raise Invalid(
            "The policy has members that do not go together.",
            faults=tuple(Fault(text, code=code, pointer=pointer + place) for place, code, text in wrong),
        )
    return found


def _kept(policy: Policy) -> dict[str, Any]:
    return policy.model_dump(mode="json")
