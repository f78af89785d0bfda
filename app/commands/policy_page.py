"""The page that says who may see and do what, made from the policy, to be read by people who read no code."""

from collections.abc import Iterable

from app.auth import policy
from app.auth.actor import Role
from app.auth.policy import Grants, Relation
from app.auth.tiers import FIELDS, Tier
from app.declared import INQUIRIES, INTENTS, RESOURCES
from app.reading.resource import Resource

_ROLES = {
    Role.ORGANISATION_ADMIN: "administrator",
    Role.COORDINATOR: "coordinator",
    Role.PARTICIPANT: "participant",
    Role.AUDITOR: "auditor",
    Role.SERVICE_ACCOUNT: "service account",
    Role.WEBHOOK_PORTAL: "portal of one endpoint",
}
_RELATIONS = {
    Relation.ORGANISATION: ("all", "every one in the organisation"),
    Relation.OWN_PROGRAMME: ("own programmes", "in programmes in which they hold a role"),
    Relation.PUBLISHED: ("published", "in programmes that are no longer drafts"),
    Relation.SPONSORED: ("sponsored", "programmes that they sponsor, drafts too"),
    Relation.OWN_PAIRING: (
        "own pair",
        "of a pair that they belong to; of notes, those that were shared with them",
    ),
    Relation.AS_MENTOR: ("as mentor", "of a pair that was proposed to them, as the mentor"),
    Relation.AS_MENTEE: ("as mentee", "of a pair that was proposed to them, as the mentee"),
    Relation.OWN: ("own", "about themselves, or written by themselves"),
    Relation.ADDRESSEE: (
        "addressed",
        "written for them by their partner; of concerns, those that they look after; of reasons, those that were "
        "shared with coordinators",
    ),
    Relation.OWN_CIRCLE: ("own circles", "of a circle of peers that they are in"),
    Relation.UNHANDLED: (
        "unhandled",
        "of concerns, those that wait for a handler, of people with whom they stand in no reporting line",
    ),
    Relation.EMBEDDED: ("its endpoint", "the one endpoint that their token is for, and what belongs to it"),
    Relation.TOLD: ("told", "that have their place in the feed: neither pings nor tests of one endpoint"),
}
_TIERS = {
    Tier.OPEN: "whoever sees the object",
    Tier.PERSONAL: "whoever sees the object, auditors excepted: what an HR record says of a person",
    Tier.CONTENT: "whoever sees the object, auditors excepted: what people said, agreed on or achieved",
    Tier.CONFIDENTIAL: "those named under *Confidential fields* below; everybody else finds it empty",
}
_HEAD = """\
# Who may see and do what

Made from `app/auth/policy.py` and `app/auth/tiers.py` by `make contract`; reading, changing, both APIs and the tests
follow the same table. Who is not named has no access: what someone may not see does not exist for them, neither by its
id nor in a list, behind a link, or as the answer to a filter.

**Platform staff** have no column in any table below: they see nothing of an organisation but the record of their own
acts, and can do nothing in it. No organisation can make a key for them. **Auditors** read that things are so, not what
was said, and change nothing.

**Own pair comes first.** An administrator, coordinator or auditor who takes part in a pair loses their office over
everything of that pair: its state, agreement, sessions and both enrolments. They see it as their partner does, decide
nothing about it, and do not learn why it ended or who called a session off. Nobody approves their own enrolment.
Either partner may end a pair, or call a session off, without the other learning the reason.

**Coordinators do not appoint coordinators**: administrators do. Only administrators hand out API keys.
"""


def page() -> str:
    """The whole page."""
    return "\n".join(
        (
            _HEAD,
            *_section("How people stand to things", ("word", "meaning"), _RELATIONS.values()),
            *_section("Who sees which objects", ("object", *_ROLES.values()), map(_readers, RESOURCES)),
            *_section("How far fields go", ("tier", "shown to"), ((tier.value, text) for tier, text in _TIERS.items())),
            *_section("Fields that are not open", ("object", *_CLOSED), _closed()),
            *_section("Confidential fields", ("field", *_ROLES.values()), _confidential()),
            *_section("Who does what", ("operation", *_ROLES.values()), _operations()),
        )
    )


_CLOSED = tuple(tier.value for tier in Tier if tier is not Tier.OPEN)


def _section(title: str, columns: Iterable[str], rows: Iterable[Iterable[str]]) -> list[str]:
    names = list(columns)
    lines = [f"| {' | '.join(row)} |" for row in (names, ["---"] * len(names), *rows)]
    return [f"## {title}", "", *lines, ""]


def _cells(grants: Grants) -> list[str]:
    return [", ".join(_words(grants.get(role, ()))) or "–" for role in _ROLES]


def _words(relations: tuple[Relation, ...]) -> Iterable[str]:
    # Whoever has all has the others too; what an office leaves of one's own pair is said at the top of the page.
    if Relation.ORGANISATION in relations:
        relations = (Relation.ORGANISATION,)
    return (_RELATIONS[relation][0] for relation in relations)


def _readers(resource: Resource) -> list[str]:
    return [_named(resource.name), *_cells(policy.READ[resource.name])]


def _closed() -> Iterable[list[str]]:
    for name, tiers in FIELDS.items():
        cells = [_quoted(tiers.get(Tier(tier), "")) for tier in _CLOSED]
        if any(cells):
            yield [_named(name), *(cell or "–" for cell in cells)]


def _confidential() -> Iterable[list[str]]:
    for (name, field), grants in policy.CONFIDENTIAL.items():
        yield [f"{_named(name)}: `{field}`", *_cells(grants)]


def _operations() -> Iterable[list[str]]:
    for resource in RESOURCES:
        for intent in INTENTS:
            if intent.resource is not resource:
                continue
            for action in (intent.name, *(name for name, whole in policy.WITHIN.items() if whole == intent.name)):
                yield [_named(action), *_cells(policy.ACT[action])]
        for inquiry in INQUIRIES:
            if inquiry.resource is resource:
                yield [_named(inquiry.name), *_cells(policy.ASK[inquiry.name])]


def _named(name: str) -> str:
    return name.replace("_", " ")


def _quoted(names: str) -> str:
    return ", ".join(f"`{name}`" for name in names.split())
