"""mentor-match 7 on given scores; runs in a place of its own. Scores come in as JSON, seconds and total go out."""

import json
import resource
import sys
import time

from matching.mentee import Mentee
from matching.mentor import Mentor
from matching.process import process_data


class Known:
    """A rule that looks up what the engine's scorer said of the pair."""

    def __init__(self, scores):
        self.scores = scores

    def apply(self, match):
        """The score of a pair, a disallowed one's is 0."""
        return self.scores[int(match.mentee.email)][int(match.mentor.email)]


def main():
    """One round of one-to-one matching."""
    scores = json.load(sys.stdin)
    mentors, mentees = (
        [kind(grade=1, email=str(number)) for number in range(count)]
        for kind, count in ((Mentor, len(scores[0])), (Mentee, len(scores)))
    )
    begun = time.perf_counter()
    process_data(mentors, mentees, [[Known(scores)]])
    seconds = time.perf_counter() - begun
    pairs = [(int(mentee.email), int(mentor.email)) for mentee in mentees for mentor in mentee.mentors]
    total = sum(scores[mentee][mentor] for mentee, mentor in pairs)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(json.dumps({"seconds": seconds, "memory": memory, "total": total}))


main()
