"""Who is in the transcript."""

from dataclasses import dataclass

OFFICE, ELSEWHERE = "administrator", "other organisation"


@dataclass(frozen=True)
class Principal:
    """Someone who asks. `role` is the policy's column; with a rank, they stand in the directory."""

    name: str
    role: str
    about: str
    rank: int = 0

    @property
    def is_elsewhere(self) -> bool:
        """Whether they belong to nothing of this organisation."""
        return not self.role or self.name == ELSEWHERE


CAST = (
    Principal("mentor", "participant", "The junior partner of `pairing-1` and `pairing-2`.", 2),
    Principal("mentee", "participant", "The senior partner of `pairing-1`.", 8),
    Principal("former partner", "participant", "The senior partner of `pairing-2`, who ended it early.", 8),
    Principal("mentor's manager", "participant", "The line manager of the mentor; takes no part.", 6),
    Principal("mentee's manager", "participant", "The line manager of the mentee; takes no part.", 10),
    Principal("coordinator", "coordinator", "Runs the programme.", 5),
    Principal("other coordinator", "coordinator", "A coordinator who has no duty in this programme.", 5),
    Principal("sponsor", "participant", "Sponsors the programme.", 10),
    Principal("auditor", "auditor", "Oversees the organisation.", 5),
    Principal(OFFICE, "administrator", "The organisation's administrator, such as its HR department."),
    Principal("service account", "service account", "Another system of the organisation, such as its HR system."),
    Principal("stranger", "participant", "A colleague outside both pairs.", 3),
    Principal(ELSEWHERE, "administrator", "The administrator of another organisation on the same service."),
    Principal("nobody", "", "Somebody without a key."),
)
