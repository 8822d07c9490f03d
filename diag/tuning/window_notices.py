"""What `diag tune` says while it makes its windows: a line for each, or one bar where they come in a row."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from analysis.moment_words import at
from analysis.number_words import plural
from diag.campaign.campaign import Campaign
from diag.campaign.when_next_window import Slot
from diag.campaign.window_loop import Notices, Standings
from diag.console import Progress
from diag.tuning.campaign_text import window_line
from diag.tuning.campaign_warnings import back_lines, changed_lines, gone_lines, probe_lines, put_off_line
from diag.tuning.tune_context import TuneContext


@contextmanager
def notices_one_by_one(context: TuneContext, campaign: Campaign) -> Iterator[Notices]:
    """Say when each window is due and how far the campaign is after it: minutes or hours lie between two."""
    turns = _Turns(context, campaign)
    announced = -1

    def on_wait(slot: Slot, begun: int) -> None:
        nonlocal announced
        if begun == announced:  # nobody was due yet; the next moment is not worth a line of its own
            return
        announced = begun
        due = at(slot.due_at, context.settings.zone)
        stops = " Ctrl-C stops." if context.console.interactive else ""
        context.console.note(f"Window {begun + 1} is due {due}.{stops}")

    def on_window(before: Standings, reached: Standings, begun: int) -> None:
        context.console.note(window_line(reached, begun))
        turns.say(before, reached)

    yield Notices(on_wait, on_window, turns.put_off, turns.back)


@contextmanager
def notices_in_a_row(context: TuneContext, campaign: Campaign) -> Iterator[Notices]:
    """Show a bar and say what turns: in a time-lapsed day a window comes every second or two."""
    turns = _Turns(context, campaign)
    with context.console.progress(f"{plural(campaign.windows, 'window')} over the day") as bar:

        def on_wait(slot: Slot, begun: int) -> None:
            _show(bar, begun, f"it is {at(slot.due_at, context.settings.zone)}")

        def on_window(before: Standings, reached: Standings, begun: int) -> None:
            calls = sum(one.sent.calls for one in reached.values())
            now = at(context.clock.now(), context.settings.zone)
            _show(bar, begun, f"{now}, {plural(calls, 'call')}")
            turns.say(before, reached)

        def _show(bar: Progress, begun: int, remark: str) -> None:
            bar.update(begun, campaign.windows, remark)

        yield Notices(on_wait, on_window, turns.put_off, turns.back)


@dataclass(frozen=True, slots=True)
class _Turns:
    """What both say: who changed, is gone, needs a probe or is back, and a window that was put off."""

    context: TuneContext
    campaign: Campaign

    def say(self, before: Standings, reached: Standings) -> None:
        """Say what a window brought to light."""
        names = self._names()
        new = {each: one for each, one in reached.items() if one.done != before[each].done}
        turned = {each: one for each, one in reached.items() if before[each].changed is None}
        for line in (*changed_lines(turned, names), *gone_lines(new, names), *probe_lines(new, names)):
            self.context.console.note(line)

    def put_off(self, why: str, made_up_for: bool) -> None:
        """Say that a window could not begin."""
        self.context.console.warn(put_off_line(why, made_up_for=made_up_for))

    def back(self, action_ids: Sequence[str]) -> None:
        """Say that these can be called again."""
        names = self._names()
        for line in back_lines([names[each] for each in action_ids]):
            self.context.console.note(line)

    def _names(self) -> dict[str, str]:
        return {one.action_id: one.name for one in self.campaign.actions}
