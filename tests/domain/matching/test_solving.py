"""The engine's process: stopped in every phase, killed, starved, refused, left alone by its worker."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import asyncpg
import pytest

from app import config
from app.domain.matching import child
from app.domain.matching.child import Task
from app.domain.operations.models import Operation
from app.matching.market import Market
from app.matching.templates import TEMPLATES
from app.workers.operate import Operator
from app.workers.run import Worker
from tests.domain.matching.conftest import Fair, near
from tests.domain.matching.held import PHASES
from tests.workers.steps import row
from tests.world import World
