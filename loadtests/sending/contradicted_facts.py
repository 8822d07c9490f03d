"""How many replies contradict what was learnt of the platform: that may be old, or of another region."""

from analysis.format.sample_schema import Outcome
from diag.genesys.outcomes import Classified
from loadtests.planning.learnt_platform import LearntReplies
from loadtests.sending.transport import Reply


class ContradictedFacts:
    """Counts, by fact, the replies of one process that contradict it."""

    def __init__(self, learnt: LearntReplies) -> None:
        self._retry_after = learnt.retry_after
        self.counts: dict[str, int] = {}

    def see(self, verdict: Classified, reply: Reply) -> None:
        """Look at a reply that was not a plain success."""
        if verdict.contradicts:
            self._count("timeout_form")
        throttled = reply.status == 429 and verdict.outcome == Outcome.RATE_LIMITED
        if throttled and self._retry_after is not None and bool(reply.retry_after) is not self._retry_after:
            self._count("retry_after")

    def _count(self, fact: str) -> None:
        self.counts[fact] = self.counts.get(fact, 0) + 1
