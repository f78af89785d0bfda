"""What operations do, by their kind."""

from collections.abc import Mapping

from app.domain.operations.work import Job
from app.domain.privacy import copies, erasing, erasures, exports

JOBS: Mapping[str, Job] = {erasures.JOB: erasing.erase, exports.JOB: copies.make}
