"""Writing people down as an HR system says it, through the services of their chapter: there is no second way."""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from app.domain.people import lines, queries, service
from app.domain.people.models import Person
from app.domain.people.schemas import PersonCreate, PersonUpdate
from app.scim import attributes, refusing
from app.scim.hand import Hand
from app.scim.refusing import Needed
from app.text import Name


class _Created(PersonCreate):
    """A new person. What identity providers call a login is freer: Entra writes guests with a `#` in it."""

    login: Name | None = None


class _Updated(PersonUpdate):
    """Changes to a person."""

    login: Name | None = None


_LADDER = "select level, name from rank where organisation_id = $1 order by level"
# Nobody is without them: who removes one has to say what stands there instead.
_NEEDED = ("given_name", "family_name", "display_name", "zone")


async def create(hand: Hand, said: Mapping[str, Any]) -> str:
    """Add a person; their id. A manager who is not here yet is awaited."""
    manager_id, reference = None, said["manager"]
    if reference and (manager_id := await lines.find(hand.db, reference)) is None:
        # Whoever it is may be arriving just now: either they find this person waiting, or they are found here.
        await queries.lock_lines(hand.db)
        manager_id = await lines.find(hand.db, reference)
    values = {name: said[name] for name in attributes.PLACES} | _names(said)
    values |= {"work_email": said["work_email"], "languages": [said["language"]] if said["language"] else []}
    values |= {"rank_level": await _level(hand, said["rank"]), "manager_id": manager_id}
    try:
        data = _Created.model_validate({name: value for name, value in values.items() if value is not None})
    except ValidationError as error:
        raise refusing.invalid(error) from None
    person: Person = await hand.do("create_person", data=data)
    if reference and manager_id is None:
        await lines.await_manager(hand.db, person.id, reference)
        await hand.db.flush()
    await _settle(hand, person.id, said, {"is_active": True, "is_on_leave": False})
    return person.id


async def update(hand: Hand, person: Person, said: Mapping[str, Any], before: Mapping[str, Any]) -> None:
    """Bring a person up to date in what differs from `before`."""
    differing = {name: said[name] for name in (*attributes.PLACES, "work_email") if said[name] != before[name]}
    for name in _NEEDED:
        if name in differing and differing[name] is None:
            raise Needed(attributes.path_of(name))
    if said["rank"] != before["rank"]:
        if said["rank"] is None:
            raise Needed(attributes.path_of("rank_level"))
        differing["rank_level"] = await _level(hand, said["rank"])
    if said["language"] != before["language"]:
        others = [tag for tag in person.languages if tag not in (said["language"], before["language"])]
        differing["languages"] = [said["language"], *others] if said["language"] else others
    if differing:
        try:
            data = _Updated.model_validate(differing)
        except ValidationError as error:
            raise refusing.invalid(error) from None
        await hand.do("update_person", person.id, data)
    if said["manager"] != before["manager"]:
        await service.name_manager(hand.db, hand.actor, person.id, said["manager"])
        hand.note("update_person", person.id, "manager_id")
        await hand.db.flush()
    await _settle(hand, person.id, said, before)


async def _settle(hand: Hand, person_id: str, said: Mapping[str, Any], before: Mapping[str, Any]) -> None:
    """Whether they are here: on leave or back from it, gone or come back."""
    if said["is_on_leave"] != before["is_on_leave"]:
        await hand.do("begin_leave_person" if said["is_on_leave"] else "end_leave_person", person_id)
    if said["is_active"] != before["is_active"]:
        await hand.do("reactivate_person" if said["is_active"] else "deactivate_person", person_id)


def _names(said: Mapping[str, Any]) -> dict[str, str]:
    """Both parts of a name, from whatever was sent: of a name in one part each is the whole."""
    given, family = said["given_name"], said["family_name"]
    if not given and not family:
        given, _, family = (said["display_name"] or said["login"] or "").partition(" ")
    return {"given_name": given or family, "family_name": family or given}


async def _level(hand: Hand, rank: str | None) -> int:
    """The level of a rank by its name or its number; without one the lowest, which makes nobody a mentee by mistake."""
    ladder = await hand.db.fetch(_LADDER, hand.db.organisation_id)
    if rank is None and ladder:
        return int(ladder[0]["level"])
    for level, name in ladder:
        if (rank or "").casefold() in (name.casefold(), str(level)):
            return int(level)
    raise service.UnknownRank
