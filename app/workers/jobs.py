"""What operations do, by their kind."""

from collections.abc import Mapping

from app.domain.operations.work import Job

JOBS: Mapping[str, Job] = {}
