"""What can be done to goals, milestones and wins."""

from app.acting.intent import create, delete, move, update
from app.auth.scopes import Scope
from app.domain.goals import service
from app.domain.goals.resource import GOAL_MILESTONES, GOALS, WINS

_WRITE = Scope.GOALS_WRITE
INTENTS = (
    create("set_goal", GOALS, service.set_goal, _WRITE),
    update("update_goal", GOALS, service.update, _WRITE),
    delete("delete_goal", GOALS, service.delete_goal, _WRITE),
    move("activate_goal", GOALS, service.activate, _WRITE, "activate"),
    move("progress_goal", GOALS, service.progress, _WRITE, "progress"),
    move("achieve_goal", GOALS, service.achieve, _WRITE, "achieve"),
    move("abandon_goal", GOALS, service.abandon, _WRITE, "abandon"),
    create("create_goal_milestone", GOAL_MILESTONES, service.create_milestone, _WRITE),
    move("reach_goal_milestone", GOAL_MILESTONES, service.reach_milestone, _WRITE, "reach"),
    delete("delete_goal_milestone", GOAL_MILESTONES, service.delete_milestone, _WRITE),
    create("celebrate_win", WINS, service.celebrate, _WRITE),
    delete("delete_win", WINS, service.delete_win, _WRITE),
)
