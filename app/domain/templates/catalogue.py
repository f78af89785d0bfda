"""The templates that ship with the service, read once from the texts beside this file."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from app.domain.matching.schemas import MatchingTemplate
from app.domain.programmes.contents import Audience, PromptKind, ResourceKind
from app.domain.programmes.schemas import DEFAULT_CLAUSES, Clause, ProgrammeCreate
from app.domain.templates.schemas import ProgrammeTemplateRead, TemplateKey

_TEXTS = Path(__file__).parent / "texts"
_SIX_MONTHS = 182
# What a template does not say is as of a programme of whom nobody said anything else.
_RULES = (
    "model",
    "cadence_min_days",
    "cadence_target_days",
    "cadence_max_days",
    "session_minutes",
    "min_rank_gap",
    "require_cross_department",
)
# In the order in which they are offered.
_PROMPTS = (("questions", PromptKind.QUESTION), ("experiences", PromptKind.EXPERIENCE))
_HANDBOOKS = (
    ("playbook", ResourceKind.PLAYBOOK, Audience.MENTOR, "Playbook for mentors"),
    ("guide", ResourceKind.GUIDE, Audience.MENTEE, "Guide for mentees"),
)


@cache
def every() -> dict[TemplateKey, ProgrammeTemplateRead]:
    """All templates by their keys, in the order of the keys."""
    common = _text("common")
    return {key: _template(key, _text(key), common) for key in TemplateKey}


def _text(name: str) -> dict[str, Any]:
    return tomllib.loads((_TEXTS / f"{name}.toml").read_text(encoding="utf-8"))


def _template(key: TemplateKey, text: dict[str, Any], common: dict[str, Any]) -> ProgrammeTemplateRead:
    rules = {name: text.get(name, ProgrammeCreate.model_fields[name].default) for name in _RULES}
    return ProgrammeTemplateRead(
        key=key,
        name=text["name"],
        summary=text["summary"],
        purpose=text["purpose"],
        **rules,
        length_days=text.get("length_days", _SIX_MONTHS),
        objectives=text["objectives"],
        matching_policy=MatchingTemplate(text["matching_policy"]),
        agreement_clauses=[*DEFAULT_CLAUSES, *(Clause(**clause) for clause in text.get("clauses", ()))],
        topics=[_topic(topic) for topic in text["topics"]],
        resources=[*_handbooks(text, common), *(_resource(**resource) for resource in common["resources"])],
        milestones=text["milestones"],
    )


def _topic(text: dict[str, Any]) -> Any:
    prompts = [{"kind": kind, "text": prompt} for name, kind in _PROMPTS for prompt in text[name]]
    return {"name": text["name"], "description": text["description"], "prompts": prompts}


def _handbooks(text: dict[str, Any], common: dict[str, Any]) -> list[Any]:
    """What is said of this kind of programme, and then what is so in all of them."""
    return [
        _resource(kind=kind, audience=audience, title=title, body=f"{text[name].strip()}\n\n{common[name].strip()}")
        for name, kind, audience, title in _HANDBOOKS
    ]


def _resource(*, kind: str, audience: str, title: str, body: str, is_required: bool = False) -> Any:
    return {
        "kind": kind,
        "audience": audience,
        "title": title,
        "body": f"{body.strip()}\n",
        "is_required": is_required,
    }
