"""What can be done to programmes and their contents."""

from app.acting.intent import create, delete, move, update
from app.auth.scopes import Scope
from app.domain.programmes import cohort_service as cohorts
from app.domain.programmes import content_service as contents
from app.domain.programmes import service
from app.domain.programmes.resource import (
    COHORTS,
    PROGRAMME_MILESTONES,
    PROGRAMME_RESOURCES,
    PROGRAMME_ROLES,
    PROGRAMMES,
    SPONSORSHIPS,
    TOPICS,
)

_WRITE = Scope.PROGRAMMES_WRITE
INTENTS = (
    create("create_programme", PROGRAMMES, service.create, _WRITE),
    update("update_programme", PROGRAMMES, service.update, _WRITE),
    move("publish_programme", PROGRAMMES, service.publish, _WRITE, "publish"),
    move("start_matching_programme", PROGRAMMES, service.start_matching, _WRITE, "start-matching"),
    move("activate_programme", PROGRAMMES, service.activate, _WRITE, "activate"),
    move("pause_programme", PROGRAMMES, service.pause, _WRITE, "pause"),
    move("resume_programme", PROGRAMMES, service.resume, _WRITE, "resume"),
    move("evaluate_programme", PROGRAMMES, service.evaluate, _WRITE, "evaluate"),
    move("close_programme", PROGRAMMES, service.close, _WRITE, "close"),
    move("archive_programme", PROGRAMMES, service.archive, _WRITE, "archive"),
    move("cancel_programme", PROGRAMMES, service.cancel, _WRITE, "cancel"),
    create("create_topic", TOPICS, contents.create_topic, _WRITE),
    update("update_topic", TOPICS, contents.update_topic, _WRITE),
    delete("delete_topic", TOPICS, contents.delete_topic, _WRITE),
    create("create_programme_resource", PROGRAMME_RESOURCES, contents.create_resource, _WRITE),
    update("update_programme_resource", PROGRAMME_RESOURCES, contents.update_resource, _WRITE),
    delete("delete_programme_resource", PROGRAMME_RESOURCES, contents.delete_resource, _WRITE),
    create("create_programme_milestone", PROGRAMME_MILESTONES, contents.create_milestone, _WRITE),
    update("update_programme_milestone", PROGRAMME_MILESTONES, contents.update_milestone, _WRITE),
    move("reach_programme_milestone", PROGRAMME_MILESTONES, contents.reach_milestone, _WRITE, "reach"),
    delete("delete_programme_milestone", PROGRAMME_MILESTONES, contents.delete_milestone, _WRITE),
    create("create_cohort", COHORTS, cohorts.create, _WRITE),
    update("update_cohort", COHORTS, cohorts.update, _WRITE),
    delete("delete_cohort", COHORTS, cohorts.delete, _WRITE),
    create("pledge_sponsorship", SPONSORSHIPS, contents.pledge, _WRITE),
    update("update_sponsorship", SPONSORSHIPS, contents.update_sponsorship, _WRITE),
    move("keep_sponsorship_commitment", SPONSORSHIPS, contents.keep_commitment, _WRITE, "keep-commitment"),
    delete("delete_sponsorship", SPONSORSHIPS, contents.delete_sponsorship, _WRITE),
    create("assign_programme_role", PROGRAMME_ROLES, contents.assign_role, _WRITE),
    delete("remove_programme_role", PROGRAMME_ROLES, contents.remove_role, _WRITE),
)
