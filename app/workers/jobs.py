"""What operations do, by their kind."""

from collections.abc import Mapping

from app.domain.connectors import fetching
from app.domain.connectors import service as connectors
from app.domain.imports import comparing, enrolments, leaving, people
from app.domain.matching import service as matching
from app.domain.matching import solving
from app.domain.operations.work import Job
from app.domain.privacy import copies, erasing, erasures, exports
from app.domain.readiness import spreading
from app.webhooks import resending

JOBS: Mapping[str, Job] = {
    "people_import": people.run,
    "enrolments_import": enrolments.run,
    comparing.JOB: comparing.run,
    leaving.JOB: leaving.run,
    connectors.JOB: fetching.run,
    spreading.JOB: spreading.run,
    matching.JOB: solving.run,
    erasures.JOB: erasing.erase,
    exports.JOB: copies.make,
    resending.RECOVER: resending.resend,
    resending.REPLAY: resending.resend,
}
