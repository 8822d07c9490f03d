"""From an action to what was learnt of it: permissions read, plan made, experiments made, calls marked."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from diag.genesys.api_errors import ApiError
from diag.genesys.client import GenesysClient
from diag.genesys.full_config import FullConfig
from diag.genesys.replies.granted_permissions import Permissions
from diag.genesys.replies.json_reply import JsonObject
from diag.learning.experiments.edge_ceiling import PATIENCE_S
from diag.learning.experiments.listings import subject_is_readable
from diag.learning.experiments.marked_calls import MarkedCalls, look_for, write_marked_calls
from diag.learning.lab.draft_under_test import DraftUnderTest
from diag.learning.lab.experiment import Learning
from diag.learning.lab.lab import MOST_S, Lab, LearnOptions
from diag.learning.lab.request_budget import RequestBudget
from diag.learning.lab.watched_replies import WatchedReplies
from diag.learning.session.learn import Learned, LearnLine, learn
from diag.learning.session.plan import LearnPlan, make_learn_plan


@dataclass(frozen=True, slots=True)
class LearnClocks:
    """Seconds since some moment, and Unix seconds."""

    monotonic: Callable[[], float] = time.monotonic
    unix: Callable[[], float] = time.time


@dataclass(slots=True)
class LearnSession:
    """One session with one org. `client` goes through `budget` and reports to `replies`."""

    client: GenesysClient
    budget: RequestBudget
    replies: WatchedReplies
    options: LearnOptions
    platform_file: str
    clocks: LearnClocks = field(default_factory=LearnClocks)

    def plan(self) -> tuple[LearnPlan, LearnLine]:
        """Return the plan, and what reading the client's own permissions showed. Raises ApiError."""
        permissions, error = self._permissions()
        shown = LearnLine("own permissions", subject_is_readable(error))
        return make_learn_plan(self.options, permissions, self._look_for_calls), shown

    def run(
        self,
        plan: LearnPlan,
        published: FullConfig,
        payload: JsonObject,
        folder: Path,
        tell: Callable[[LearnLine], None],
    ) -> Learned:
        """Make the experiments on a draft of `published`. The notes go into `folder`. Raises OSError."""
        folder.mkdir(parents=True)
        most_s = MOST_S + (PATIENCE_S if self.options.long else 0.0)
        lab = Lab(
            client=self.client,
            budget=self.budget,
            replies=self.replies,
            published=published,
            draft=DraftUnderTest(folder, self.client, published),
            payload=payload,
            options=self.options,
            monotonic=self.clocks.monotonic,
            unix=self.clocks.unix,
            ends_at=self.clocks.monotonic() + most_s,
        )
        learned = learn(lab, plan, tell)
        if lab.calls and not any(one.key == "analytics_count_tests" for one in learned.found):
            write_marked_calls(folder, self._marked(lab))
        return learned

    def _permissions(self) -> tuple[Permissions | None, ApiError | None]:
        try:
            return self.client.permissions(), None
        except ApiError as error:
            return None, error

    def _look_for_calls(self, lab: Lab) -> Learning:
        return look_for(self._marked(lab), lab.client.ask_telemetry, lab.unix())

    def _marked(self, lab: Lab) -> MarkedCalls:
        api_base = self.client.connection.api_base
        return MarkedCalls(api_base, lab.published.action.id, self.platform_file, tuple(lab.calls))
