"""Who stands how to what, written down by hand: nothing here asks the service."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.auth.actor import Actor, Role
from app.auth.policy import OFFICES, Grants, Relation

# Who holds a role in each programme of the stage, and who sponsors it.
RUNS = {
    "run": {"coordinator", "coordinator mentee"},
    "draft": {"coordinator"},
    "elsewhere": {"second coordinator"},
    "idea": {"second coordinator"},
}
SPONSORS = {"run": {"sponsor"}, "draft": {"sponsor"}, "elsewhere": {"manager"}}
DRAFTS = {"draft", "idea"}
# Who looks after concerns there; elsewhere nobody does.
CASE_HANDLERS = {"run": "nobody"}
# The pairs of the stage: their programme, the junior, the senior. One junior has three partners, who hold offices.
PAIRS: Mapping[str, tuple[str, str, str]] = {
    "own": ("run", "mentor", "mentee"),
    "other": ("run", "other mentor", "other mentee"),
    "elsewhere": ("elsewhere", "third mentor", "third mentee"),
    "admin's": ("run", "junior", "admin mentee"),
    "coordinator's": ("run", "junior", "coordinator mentee"),
    "auditor's": ("run", "junior", "auditor mentee"),
}
# Those who are not in every world, with their role and rank.
NEWCOMERS: Mapping[str, tuple[Role, int]] = {
    "other mentor": (Role.PARTICIPANT, 2),
    "other mentee": (Role.PARTICIPANT, 7),
    "third mentor": (Role.PARTICIPANT, 2),
    "third mentee": (Role.PARTICIPANT, 7),
    "junior": (Role.PARTICIPANT, 2),
    "manager": (Role.PARTICIPANT, 4),
    "sponsor": (Role.PARTICIPANT, 10),
    "nobody": (Role.PARTICIPANT, 3),
    "second coordinator": (Role.COORDINATOR, 5),
    "idle coordinator": (Role.COORDINATOR, 5),
    "coordinator mentee": (Role.COORDINATOR, 8),
    "admin mentee": (Role.ORGANISATION_ADMIN, 8),
    "auditor": (Role.AUDITOR, 5),
    "auditor mentee": (Role.AUDITOR, 8),
    "platform": (Role.PLATFORM_ADMIN, 5),
}
# To them everything is as to others in their place.
ALIKE = {"other mentee", "third mentor", "third mentee"}
NOBODY: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Thing:
    """One object, and what it is to the parts of the stage."""

    resource: str
    id: str
    programme: str = ""
    # Of whose pair it is; for people and enrolments, whose partner it is about.
    members: frozenset[str] = NOBODY
    # Whom it is about, or who wrote it.
    own: frozenset[str] = NOBODY
    addressee: str = ""
    # Whose portal shows it.
    embedded: str = ""
    # Whom it concerns too much to decide on it by office.
    party: frozenset[str] = NOBODY
    # Who is in the circle.
    peers: frozenset[str] = NOBODY
    tier: str = ""
    # Who is proposed, on either side.
    mentor: str = ""
    mentee: str = ""
    is_foreign: bool = False


def holds(part: str, thing: Thing) -> set[Relation]:
    """How someone stands to a thing."""
    found = {Relation.ORGANISATION}
    if part in RUNS.get(thing.programme, ()) and thing.tier in ("", "pair_and_coordinator", "shared"):
        found.add(Relation.OWN_PROGRAMME)
        if thing.tier == "shared" and part not in thing.party:
            found.add(Relation.ADDRESSEE)
    if thing.programme and thing.programme not in DRAFTS and thing.tier not in ("thanks", "draft"):
        found.add(Relation.PUBLISHED)
    if part in SPONSORS.get(thing.programme, ()):
        found.add(Relation.SPONSORED)
    is_hidden = thing.tier == "author_only" or (thing.tier == "draft" and part not in thing.own)
    if part in thing.members and not is_hidden:
        found.add(Relation.OWN_PAIRING)
    if part in thing.peers:
        found.add(Relation.OWN_CIRCLE)
    if part == thing.mentor:
        found.add(Relation.AS_MENTOR)
    if part == thing.mentee:
        found.add(Relation.AS_MENTEE)
    if part in thing.own:
        found.add(Relation.OWN)
    if part == thing.addressee:
        found.add(Relation.ADDRESSEE)
    if thing.tier == "unhandled":
        found.add(Relation.UNHANDLED)
    if part == thing.embedded:
        found.add(Relation.EMBEDDED)
    return found


def may(actor: Actor, part: str, thing: Thing, grants: Grants) -> bool:
    """Whether a row of the policy lets someone see a thing, or act on it."""
    if thing.is_foreign:
        return False
    held = holds(part, thing)
    if part in thing.party:
        held -= OFFICES
    return bool(held & set(grants.get(actor.role, ())))
