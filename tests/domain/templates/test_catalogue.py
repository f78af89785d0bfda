"""The templates as they ship: each is whole, of its own, and short enough for the columns that it fills."""

import pytest

from app.domain.programmes.content_schemas import ProgrammeMilestoneCreate, ProgrammeResourceCreate, TopicCreate
from app.domain.programmes.contents import Audience, PromptKind, ResourceKind
from app.domain.programmes.models import ObjectiveType, ProgrammeModel
from app.domain.programmes.schemas import LONGEST_DAYS, SHORTEST_DAYS, ProgrammeCreate
from app.domain.templates.catalogue import every
from app.domain.templates.schemas import ProgrammeTemplateRead, TemplateKey
from app.ids import new

PROGRAMME = new("prg")
CLAUSES = {"goals", "roles", "confidentiality", "boundaries", "reporting"}
MODULES = {
    *("Your role as a mentor", "Your role as a mentee", "Active listening", "Talking across rank and generation"),
    *("Constructive feedback in both directions", "When it gets difficult: for mentors"),
    "When it gets difficult: for mentees",
}
each = pytest.mark.parametrize("template", every().values(), ids=list(every()))


def words(template: ProgrammeTemplateRead, kind: ResourceKind, audience: Audience) -> list[int]:
    """How long the texts of a kind for a side are."""
    found = [one.body for one in template.resources if (one.kind, one.audience) == (kind, audience)]
    return [len(body.split()) for body in found]


@each
def test_a_template_holds_all_that_a_programme_begins_with(template: ProgrammeTemplateRead) -> None:
    (playbook,) = words(template, ResourceKind.PLAYBOOK, Audience.MENTOR)
    (guide,) = words(template, ResourceKind.GUIDE, Audience.MENTEE)

    assert 400 <= playbook <= 900
    assert 400 <= guide <= 900
    assert all(len(words(template, ResourceKind.CHARTER, audience)) == 1 for audience in Audience)
    assert {one.title for one in template.resources if one.kind is ResourceKind.TRAINING_MODULE} == MODULES
    assert {clause.key for clause in template.agreement_clauses} >= CLAUSES
    assert template.objectives
    assert template.purpose
    assert SHORTEST_DAYS <= template.length_days <= LONGEST_DAYS


@each
def test_every_topic_asks_questions_and_for_experiences(template: ProgrammeTemplateRead) -> None:
    assert len(template.topics) >= 5
    for topic in template.topics:
        assert {prompt.kind for prompt in topic.prompts} == set(PromptKind)
        TopicCreate(programme_id=PROGRAMME, **topic.model_dump())


@each
def test_what_it_holds_may_be_said_by_hand_too(template: ProgrammeTemplateRead) -> None:
    rules = template.model_dump(include=set(ProgrammeCreate.model_fields))
    ProgrammeCreate.model_validate(rules | {"starts_on": "2026-04-01"})
    for resource in template.resources:
        ProgrammeResourceCreate(programme_id=PROGRAMME, **resource.model_dump())
    for milestone in template.milestones:
        ProgrammeMilestoneCreate.model_validate(
            {"programme_id": PROGRAMME, "title": milestone.title, "due_on": "2026-04-01"}
        )
    shares = [milestone.at_percent for milestone in template.milestones]
    assert shares == sorted(shares)
    assert 0 <= shares[0] < shares[-1] <= 100


def test_no_template_repeats_another() -> None:
    names = [topic.name for template in every().values() for topic in template.topics]
    prompts = [prompt.text for template in every().values() for topic in template.topics for prompt in topic.prompts]
    aims = [aim.description for template in every().values() for aim in template.objectives]

    for texts in (names, prompts, aims):
        assert len(texts) == len(set(texts))
    assert set(every()) == set(TemplateKey)


def test_together_they_are_after_every_kind_of_objective() -> None:
    assert {aim.type for template in every().values() for aim in template.objectives} == set(ObjectiveType)


def test_one_of_them_is_reciprocal() -> None:
    (reciprocal,) = [one for one in every().values() if one.model is ProgrammeModel.RECIPROCAL]

    assert reciprocal.key is TemplateKey.RECIPROCAL_LEADERSHIP


def test_they_are_the_same_whenever_they_are_read() -> None:
    before = every()

    every.cache_clear()

    assert every() == before
