"""Who plays in the demonstrations: a company, its programme, and everybody who takes part, with keys of their own."""

from dataclasses import dataclass, field
from datetime import date

from app.demo import library
from app.demo.walk import company
from app.demo.walk.caller import Api, Caller
from app.demo.walk.company import Post, Scale
from app.demo.walk.steps import Steps

MIN_RANK_GAP = 2
_SCOPES = [
    f"{subject}:{verb}"
    for subject in ("enrolments", "pairings", "sessions", "goals", "feedback")
    for verb in ("read", "write")
] + ["directory:read", "programmes:read"]
_OFFICE_SCOPES = [*_SCOPES, "programmes:write"]
_HRIS_SCOPES = ["directory:read", "directory:write"]


@dataclass
class Cast:
    """The company of a scale, and its programme from `starts_on` to `ends_on`: six months where that is missing."""

    api: Api
    admin: Caller
    steps: Steps
    scale: Scale
    starts_on: date
    ends_on: date | None = None
    programme_id: str = ""
    coordinator: Caller = field(init=False)
    hris: Caller = field(init=False)
    people: dict[int, str] = field(default_factory=dict)
    callers: dict[str, Caller] = field(default_factory=dict)

    async def gather(self) -> None:
        """The company, and a programme whose people wait for partners."""
        levels = company.posts(self.scale)
        await self._employ(levels)
        mentors, mentees = company.participants(levels, self.scale.enrolled)
        self.coordinator = await self._key("coordinator", _OFFICE_SCOPES, self.people[self.scale.people])
        await self._set_up()
        await self._hand_out_keys([*mentors, *mentees])
        await self._enrol(mentors, mentees)

    async def _employ(self, levels: list[list[Post]]) -> None:
        """The directory, as an HR system would send it: whoever manages comes before whom they manage."""
        made = await self.admin.post(
            "/v1/api-keys", name="HR system", role="service_account", service_account="hris", scopes=_HRIS_SCOPES
        )
        self.hris = self.api.by(made["secret"])

        async def employ(post: Post) -> str:
            manager_id = None if post.manager is None else self.people[post.manager]
            return str((await self.hris.post("/v1/people", **post.person(manager_id)))["id"])

        names = ("chief executive", "directors", "heads", "team leads", "staff")
        for name, level in zip(names, levels, strict=True):
            ids = await self.steps.each(f"People: {name}", level, employ)
            self.people.update(zip((post.number for post in level), ids, strict=True))

    async def _key(self, role: str, scopes: list[str], person_id: str) -> Caller:
        made = await self.admin.post("/v1/api-keys", name=role, role=role, scopes=scopes, person_id=person_id)
        return self.api.by(made["secret"])

    async def _set_up(self) -> None:
        dates = {"starts_on": self.starts_on.isoformat()}
        if self.ends_on is not None:
            dates["ends_on"] = self.ends_on.isoformat()
        made = await self.coordinator.post(
            "/v1/programmes", **library.PROGRAMME, **dates, min_rank_gap=MIN_RANK_GAP, allows_late_intake=True
        )
        self.programme_id = made["id"]
        here = {"programme_id": made["id"]}
        for name, description in library.TOPICS.items():
            await self.coordinator.post("/v1/topics", name=name, description=description, **here)
        for kind, audience, title, body in library.RESOURCES:
            await self.coordinator.post(
                "/v1/programme-resources", kind=kind, audience=audience, title=title, body=body, **here
            )
        for place, (_, pledge, _) in enumerate(library.SPONSORS, start=1):
            await self.coordinator.post("/v1/sponsorships", person_id=self.people[place], pledge=pledge, **here)
        await self.coordinator.post(f"/v1/programmes/{made['id']}/publish")

    async def _hand_out_keys(self, posts: list[Post]) -> None:
        async def hand_out(post: Post) -> Caller:
            return await self._key("participant", _SCOPES, self.people[post.number])

        callers = await self.steps.each("Keys for those who take part", posts, hand_out)
        self.callers = {self.people[post.number]: caller for post, caller in zip(posts, callers, strict=True)}

    async def _enrol(self, mentors: list[Post], mentees: list[Post]) -> None:
        async def enrol(wanted: tuple[Post, str]) -> None:
            post, role = wanted
            made = await self.coordinator.post(
                "/v1/enrolments",
                programme_id=self.programme_id,
                person_id=self.people[post.number],
                role=role,
                **company.profile(post.number, role),
            )
            await self.callers[self.people[post.number]].post(f"/v1/enrolments/{made['id']}/accept")
            await self.coordinator.post(f"/v1/enrolments/{made['id']}/approve")
            await self.coordinator.post(f"/v1/enrolments/{made['id']}/ready")

        sides = [(post, "mentor") for post in mentors] + [(post, "mentee") for post in mentees]
        await self.steps.each("Invited, accepted, approved, ready", sides, enrol)
        await self.coordinator.post(f"/v1/programmes/{self.programme_id}/start-matching")
