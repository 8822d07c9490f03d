"""From verdicts and a folder of Terraform configuration to the edits that bring the numbers there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from analysis.verdicts.recommendation import Analysis, Recommendation, Verdict
from analysis.verdicts.sentences.why_not_set import objection_in_org
from diag.changes.plans.number_to_set import number_to_set, skipped_for
from diag.changes.plans.only_and_skip import Scope
from diag.changes.plans.plan import PlanOptions, SkippedChange, Unchanged
from diag.terraform.configuration.module_call import Instance
from diag.terraform.configuration.uncertain import Uncertain
from diag.terraform.editing.edited_file import EditedFile, edit_of, edited
from diag.terraform.editing.text_edit import TextEdit
from diag.terraform.ownership.address import address_text
from diag.terraform.ownership.owners import Owners
from diag.terraform.ownership.places import Owned, TimeoutPlace
from diag.terraform.proposing.proposal import NotInFolder, Proposal, ProposedTimeout, RefusedEdit
from diag.terraform.proposing.resource_of_action import NotHere
from diag.terraform.proposing.roots_and_state import (
    ConfigurationFolder,
    ReadConfiguration,
    read_configuration,
)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A timeout that is to move, and the place that sets it."""

    item: Recommendation
    instance: Instance
    owned: Owned
    after_timeout_s: int

    @property
    def place(self) -> TimeoutPlace:
        return self.owned.place

    @property
    def proposed(self) -> ProposedTimeout:
        return ProposedTimeout(
            action_id=self.item.action_id,
            action_name=self.item.action_name,
            address=address_text(self.instance.address),
            where=self.place.where,
            before_timeout_s=self.place.written_s,
            after_timeout_s=self.after_timeout_s,
            reason=self.item.reason,
            percentile=self.item.percentile,
            promised_share=self.item.promised_share,
            by_production=self.item.source == "production",
        )


def propose(analysis: Analysis, where: ConfigurationFolder, options: PlanOptions) -> Proposal:
    """Return what to edit. Nothing is written, and no org is asked.

    `max_changes` keeps the first ones (the analysis has the most severe first) and leaves the rest alone.
    Raises TerraformFileError for a folder without configuration, or with one that cannot be read.
    """
    read = read_configuration(analysis, where)
    known = [(item.action_id, item.action_name) for item in analysis.actions]
    scope = Scope.of(known, options.only, options.skip)
    chosen = [item for item in analysis.actions if scope.leaves_out(item.action_id) is None]
    judged = [_judged(item, read, force=options.force) for item in chosen]
    wanted = [one for one in judged if isinstance(one, _Wanted)]
    numbers = {one.instance: one.after_timeout_s for one in wanted} | _fitting(chosen, read)
    checked = [_checked(one, read.owners, numbers) for one in wanted]
    certain, over = _first_ones([one for one in checked if isinstance(one, _Wanted)], options.max_changes)
    done, files, unfit = _edited(certain)
    refused = [one for one in (*judged, *checked) if isinstance(one, RefusedEdit)]
    return Proposal(
        timeouts=tuple(one.proposed for one in done),
        files=files,
        refused=(*refused, *unfit),
        left_alone=(*(one for one in judged if type(one) is SkippedChange), *over),
        not_in_folder=tuple(one for one in judged if isinstance(one, NotInFolder)),
        unchanged=tuple(one for one in judged if isinstance(one, Unchanged)),
        matched_by=read.matched_by,
    )


def _judged(
    item: Recommendation, read: ReadConfiguration, *, force: bool
) -> _Wanted | SkippedChange | Unchanged | None:
    """Judge one verdict, first by the data alone, then against the configuration as it is.

    None: its timeout fits, and the configuration says the same.
    """
    number = number_to_set(item, force=force)
    if isinstance(number, Unchanged):
        return _otherwise(item, read)
    if not isinstance(number, int):
        return number
    try:
        instance = read.matcher.instance_of(item)
        if isinstance(instance, NotHere):
            return NotInFolder(item.action_id, item.action_name, instance.why, item.source == "production")
        owned = read.owners.of_instance(instance)
        if owned.place.written_s == number:
            why = f"{owned.place.where} says {number} s already; terraform apply brings it to the org"
            return Unchanged(item.action_id, item.action_name, why)
        _demand_in_force(item, owned)
    except Uncertain as error:
        return _refused(item, error)
    if not force:
        if item.current_timeout_s not in (None, owned.place.in_force_s):
            why = f"{owned.place.where}: {_other_number(item, owned)}; bring them together, and measure again"
            return SkippedChange(item.action_id, item.action_name, why)
        objection = objection_in_org(item, owned.place.in_force_s, number)
        if objection is not None:
            return skipped_for(item, objection)
    return _Wanted(item, instance, owned, number)


def _otherwise(item: Recommendation, read: ReadConfiguration) -> Unchanged | None:
    """The timeout in the org fits; whether the next apply keeps it is another question."""
    try:
        instance = read.matcher.instance_of(item)
        place = read.owners.of_instance(instance).place if isinstance(instance, Instance) else None
    except Uncertain:
        return None
    if place is None or item.current_timeout_s in (None, place.in_force_s):
        return None
    says = "sets no timeout" if place.written_s is None else f"says {place.written_s} s"
    why = f"{item.current_timeout_s} s fits, but {place.where} {says}: the next terraform apply goes by that"
    return Unchanged(item.action_id, item.action_name, why)


def _demand_in_force(item: Recommendation, owned: Owned) -> None:
    """A root's variable may be given another value than the one in the files; only the org tells."""
    if owned.from_variable and item.current_timeout_s != owned.place.in_force_s:
        why = f"{_other_number(item, owned)}, and a variable may be given another value (-var, TF_VAR_...)"
        raise Uncertain(owned.place.where, why)


def _other_number(item: Recommendation, owned: Owned) -> str:
    written, measured = owned.place.written_s, item.current_timeout_s
    says = "sets no timeout" if written is None else f"says {written} s"
    was = "was not known" if measured is None else f"was {measured} s"
    return f"it {says}, and the timeout {was} when measured"


def _fitting(items: Sequence[Recommendation], read: ReadConfiguration) -> dict[Instance, int]:
    """The numbers of actions whose timeout fits: a place may be shared with these."""
    found: dict[Instance, int] = {}
    for item in items:
        if item.verdict is Verdict.OK and item.recommended_timeout_s is not None:
            try:
                instance = read.matcher.instance_of(item)
            except Uncertain:
                continue
            if isinstance(instance, Instance):
                found[instance] = item.recommended_timeout_s
    return found


def _checked(one: _Wanted, owners: Owners, numbers: Mapping[Instance, int]) -> _Wanted | RefusedEdit:
    """Refuse a place that sets the timeout of others, who are to have another one, or is read by more."""
    try:
        for other in owners.sharing(one.owned):
            if numbers.get(other) != one.after_timeout_s:
                also = (
                    f"it sets the timeout of {address_text(other.address)}, too, and not to the same number"
                )
                raise Uncertain(one.place.where, also)
        owners.demand_no_other_reader(one.owned)
    except Uncertain as error:
        return _refused(one.item, error)
    return one


def _first_ones(certain: Sequence[_Wanted], most: int | None) -> tuple[list[_Wanted], list[SkippedChange]]:
    """The first `most` of them, and the rest; those that share a place stay together."""
    if most is None:
        return list(certain), []
    kept, over = list[_Wanted](), list[SkippedChange]()
    for one in certain:
        if len(kept) < most or one.place.key in {other.place.key for other in kept}:
            kept.append(one)
        else:
            why = f"over --max-changes {most}; edit again for the rest"
            over.append(SkippedChange(one.item.action_id, one.item.action_name, why))
    return kept, over


def _edited(
    certain: Sequence[_Wanted],
) -> tuple[list[_Wanted], tuple[EditedFile, ...], list[RefusedEdit]]:
    """The files with these edits; where one cannot be made, its actions are refused."""
    by_file: dict[Path, list[_Wanted]] = {}
    for one in certain:
        by_file.setdefault(one.place.source.path, []).append(one)
    done, files, unfit = list[_Wanted](), list[EditedFile](), list[RefusedEdit]()
    for wanted in by_file.values():
        fit = list[_Wanted]()
        edits: dict[tuple[Path, int, int], TextEdit] = {}
        for one in wanted:
            try:
                edits[one.place.key] = edit_of(one.place, one.after_timeout_s)
                fit.append(one)
            except Uncertain as error:
                unfit.append(_refused(one.item, error))
        try:
            if edits:
                files.append(edited(wanted[0].place.source, tuple(edits.values())))
                done += fit
        except Uncertain as error:
            unfit += (_refused(one.item, error) for one in fit)
    return done, tuple(sorted(files, key=lambda file: file.shown)), unfit


def _refused(item: Recommendation, error: Uncertain) -> RefusedEdit:
    return RefusedEdit(item.action_id, item.action_name, error.why, error.where, item.recommended_timeout_s)
