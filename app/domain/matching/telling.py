"""From the engine's explanations to what a reader is told: coordinators all of it, participants their own side."""

from collections.abc import Iterable, Mapping

from app.domain.matching import explanation_schemas as schemas
from app.matching import explanations as engine
from app.matching import views
from app.matching.explanations import Side
from app.matching.policy import CriterionName
from app.matching.report import SeatPair

# How somebody reads: as a member of the pair, or by office.
Reader = Side | None


def why(proposal_id: str, found: engine.Why, reader: Reader) -> schemas.Why:
    """Why this pair."""
    return schemas.Why(
        match_proposal_id=proposal_id,
        mentor_enrolment_id=found.mentor,
        mentee_enrolment_id=found.mentee,
        score=found.score if reader is None else None,
        mentor=_side(found.parts, Side.MENTOR, reader),
        mentee=_side(found.parts, Side.MENTEE, reader),
        mentor_standing=_standing(found, Side.MENTOR, reader),
        mentee_standing=_standing(found, Side.MENTEE, reader),
    )


def suggestion(
    found: engine.Suggestion, reader: Reader, person_id: str, names: Mapping[str, str]
) -> schemas.Suggestion:
    """One whom somebody could ask; `names` has those whom the reader may see."""
    score = found.score if reader is None else None
    return schemas.Suggestion(
        enrolment_id=found.seat,
        person_id=person_id if person_id in names else None,
        display_name=names.get(person_id),
        score=score,
        mentor=_side(found.parts, Side.MENTOR, reader),
        mentee=_side(found.parts, Side.MENTEE, reader),
    )


def why_not(run_id: str, found: engine.WhyNot, reader: Reader) -> schemas.WhyNot:
    """Why not that pair. To a participant a private rule and a better plan look the same."""
    rules = [rule for rule in found.broken if reader is None or not rule.is_private]
    changes = found.changes if reader is None else None
    is_priced = changes is not None
    return schemas.WhyNot(
        match_run_id=run_id,
        mentor_enrolment_id=found.mentor,
        mentee_enrolment_id=found.mentee,
        rules=[schemas.ExplainedRule.model_validate(rule) for rule in rules],
        is_chosen=found.is_chosen if reader is None else None,
        loss=found.loss if is_priced else None,
        score_loss=found.score_loss if is_priced else None,
        is_exact=found.is_exact if is_priced else None,
        ended=_pairs(changes.ended) if changes else None,
        new=_pairs(changes.new) if changes else None,
    )


def why_unmatched(run_id: str, found: engine.WhyUnmatched, reader: Reader) -> schemas.WhyUnmatched:
    """Why nobody."""
    if reader is not None:
        own = views.why_unmatched(found)
        return schemas.WhyUnmatched(
            match_run_id=run_id,
            enrolment_id=own.seat,
            among=None,
            has_partners=own.has_partners,
            rules=[schemas.RuleLeaves(rule=rule.rule, left=None, alone=rule.alone) for rule in own.rules],
            binding_rule=own.binding.rule if own.binding else None,
            binding_score=None,
            nearest=None,
        )
    return schemas.WhyUnmatched(
        match_run_id=run_id,
        enrolment_id=found.seat,
        among=found.among,
        has_partners=found.left > 0,
        rules=[schemas.RuleLeaves.model_validate(rule) for rule in found.rules],
        binding_rule=found.binding.rule if found.binding else None,
        binding_score=found.gives,
        nearest=_nearest(found.nearest) if found.nearest else None,
    )


def _nearest(miss: engine.Miss) -> schemas.NearestMiss:
    (held,) = _pairs([miss.instead_of])
    return schemas.NearestMiss(other_enrolment_id=miss.other, instead_of=held, points=miss.points)


def _side(parts: Iterable[engine.Part], side: Side, reader: Reader) -> schemas.ExplainedSide | None:
    """What counts for a side. A coordinator reads all the facts, the side itself those that it may know."""
    if reader not in (None, side):
        return None
    told = [
        schemas.ExplainedPart(
            criterion=CriterionName(part.criterion),
            points=part.of(side)[0],
            utility=part.of(side)[1],
            evidence=[text for each in part.evidence if (text := each.text if reader is None else each.to(side))],
            is_assumed=part.is_assumed,
        )
        for part in parts
        if part.of(side)[1] and (reader is None or part.hidden_from is not side)
    ]
    return schemas.ExplainedSide(utility=sum(part.utility for part in told), parts=told)


def _standing(found: engine.Why, side: Side, reader: Reader) -> schemas.ExplainedStanding | None:
    if reader not in (None, side):
        return None
    standing = found.standings[side]
    shown = {part.criterion for part in found.parts if part.of(side)[1] and part.hidden_from is not side}
    lacks = [lack for lack in standing.following.lacks if lack.criterion in shown] if standing.following else []
    return schemas.ExplainedStanding(
        place=standing.place,
        among=standing.among,
        next_enrolment_id=standing.following.seat if standing.following else None,
        lacks=[schemas.ExplainedLack.model_validate(lack) for lack in lacks],
    )


def _pairs(pairs: Iterable[SeatPair]) -> list[schemas.PairOfEnrolments]:
    return [
        schemas.PairOfEnrolments(mentor_enrolment_id=mentor, mentee_enrolment_id=mentee) for mentor, mentee in pairs
    ]
