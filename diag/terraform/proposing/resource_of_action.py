"""Which resource of a configuration is which action: by the ids of a state or import blocks, else by name."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from analysis.verdicts.recommendation import Analysis, Recommendation
from diag.terraform.configuration.module_call import Address, Instance
from diag.terraform.configuration.uncertain import Uncertain
from diag.terraform.ownership.address import AddressParts, address_text, parse_address, parse_parts, parts_of
from diag.terraform.ownership.follow import Follower
from diag.terraform.ownership.followed import Inside
from diag.terraform.ownership.instances import Instances
from diag.terraform.state_or_export import TerraformResource
from diag.terraform.syntax.body import Argument, ConfigBlock
from diag.terraform.syntax.expressions import PlainText

_ASK_FOR_IDS: Final = "only a state tells which one is it: terraform state pull > state.json"


@dataclass(frozen=True, slots=True)
class NotHere:
    """No resource of the configuration is this action."""

    why: str


def addresses_of(resources: Iterable[TerraformResource]) -> dict[Address, TerraformResource]:
    """Return a state's resources by their addresses."""
    found = {}
    for resource in resources:
        address = parse_address(resource.address)
        if address is not None:
            found[address] = resource
    return found


def _in_several_roots(found: Sequence[Instance]) -> Uncertain:
    address = address_text(found[0].address)
    why = f"several roots in the folder have {address}: name one (--terraform-root)"
    return Uncertain(found[1].block.where, why)


class Matcher:
    """Finds the instance of each action. `known`: what a state or an export holds; None: neither is there."""

    def __init__(
        self,
        analysis: Analysis,
        instances: Instances,
        follower: Follower,
        known: Mapping[Address, TerraformResource] | None,
    ) -> None:
        self.follower = follower
        self.instances = instances
        ids = {facts.action_id: facts.action_name or "" for facts in analysis.facts.values()}
        ids |= {item.action_id: item.action_name for item in analysis.actions}
        self._namesakes = Counter(ids.values())
        self._by_address: dict[Address, list[Instance]] = {}
        for found in instances.chosen.values():
            for instance in found:
                self._by_address.setdefault(instance.address, []).append(instance)
        self._known = known
        self._imported = self._ids_of_imports()
        self._names, self._unnamed = self._by_name()

    def instance_of(self, item: Recommendation) -> Instance | NotHere:
        """Return the resource of an action. Raises Uncertain where there may be one, or are several."""
        if self._known is not None:
            return self._from_state(item, self._known)
        return self._from_configuration(item)

    def _from_configuration(self, item: Recommendation) -> Instance | NotHere:
        imported = self._imported.get(item.action_id)
        if imported is not None:
            return self._at(imported)
        return self._one(self._names.get(item.action_name, []), item)

    def _from_state(
        self, item: Recommendation, known: Mapping[Address, TerraformResource]
    ) -> Instance | NotHere:
        by_id = [address for address, one in known.items() if one.action_id == item.action_id]
        if len(by_id) == 1:
            self._demand_not_moved(by_id[0])
            return self._at(by_id[0])
        if by_id:
            names = ", ".join(map(address_text, by_id))
            raise Uncertain(None, f"the state has it more than once: {names}")
        by_name = [
            address
            for address, one in known.items()
            if one.action_id is None and one.action_name == item.action_name
        ]
        if not by_name and item.action_id in self._imported:
            return self._at(self._imported[item.action_id])
        if not by_name:
            for one in self._names.get(item.action_name, ()):
                why = f"the state does not hold its id, yet {address_text(one.address)} has its name: is it"
                raise Uncertain(one.block.where, f"{why} the state of this org, and up to date?")
            return NotHere("the state does not hold it")
        if len(by_name) > 1 or self._namesakes[item.action_name] > 1:
            raise self._several(map(address_text, by_name))
        return self._at(by_name[0])

    def _one(self, found: Sequence[Instance], item: Recommendation) -> Instance | NotHere:
        if len(found) > 1 and len({one.address for one in found}) == 1:
            raise _in_several_roots(found)
        if len(found) > 1 or (found and self._namesakes[item.action_name] > 1):
            raise self._several(address_text(one.address) for one in found)
        if found:
            self._demand_one_org(found[0])
            return found[0]
        if self._unnamed is not None:
            raise self._unnamed
        return NotHere("no resource there has this name")

    def _several(self, addresses: Iterable[str]) -> Uncertain:
        return Uncertain(None, f"its name is not its own ({', '.join(addresses)}); {_ASK_FOR_IDS}")

    def _at(self, address: Address) -> Instance:
        found = self._by_address.get(address, [])
        if len(found) == 1:
            return found[0]
        if found:
            raise _in_several_roots(found)
        names = tuple(name for name, _ in address.modules)
        for unfollowed in (one for root in self.instances.unfollowed.values() for one in root):
            if names[: len(unfollowed.path)] == unfollowed.path:
                raise unfollowed.uncertain
        raise Uncertain(None, f"the state has {address_text(address)}, and the folder does not")

    def _demand_one_org(self, instance: Instance) -> None:
        """A name tells no org, and each provider may be of another one."""
        root = instance.scope
        while root.called is not None:
            root = root.called.scope
        by_alias: dict[object, ConfigBlock] = {}
        for block in root.module.providers:
            aliases = [one.expression for one in block.body.all_named("alias")]
            by_alias.setdefault(tuple(getattr(one, "value", None) for one in aliases), block)
        if len(by_alias) > 1:
            where = list(by_alias.values())[1].where
            raise Uncertain(where, f"another provider, so maybe another org, is set up there; {_ASK_FOR_IDS}")

    def _demand_not_moved(self, address: Address) -> None:
        """The state is older than a `moved` block: what has its address now may be another action's."""
        parts = parts_of(address)
        for scope in self.instances.scopes:
            within: AddressParts = tuple(part for call in scope.path for part in (("module", None), call))
            names = [name for name, _ in within]
            if names != [name for name, _ in parts[: len(names)]]:
                continue
            for block in scope.module.moves:
                old, new = (_parts_named(block, name) for name in ("from", "to"))
                if old and new and _begins_with(parts[len(names) :], old, any_key=new[-1][1] is None):
                    why = f"the state has {address_text(address)}, which is moved here"
                    raise Uncertain(block.where, f"{why}: run terraform apply first")

    def _by_name(self) -> tuple[dict[str, list[Instance]], Uncertain | None]:
        """Instances by the names that they certainly have; and why there may be others."""
        names: dict[str, list[Instance]] = {}
        unnamed: Uncertain | None = None
        for root in self.instances.unfollowed.values():
            for one in root:
                where, why = one.uncertain.where, one.uncertain.why
                unnamed = unnamed or Uncertain(where, f"it may be in module {'.'.join(one.path)}: {why}")
        for instance in (one for found in self.instances.chosen.values() for one in found):
            try:
                names.setdefault(self._name(instance), []).append(instance)
            except Uncertain as error:
                why = f"it may be {address_text(instance.address)}, whose name is not certain: {error.why}"
                unnamed = unnamed or Uncertain(error.where, why)
        return names, unnamed

    def _name(self, instance: Instance) -> str:
        argument = instance.block.argument("name")
        if argument is None:
            raise Uncertain(instance.block.where, "it has none")
        return self.follower.text(argument.expression, Inside(instance.scope, instance.block, instance.key))

    def _ids_of_imports(self) -> dict[str, Address]:
        """What import blocks of the roots say: an id, and the address it is imported to."""
        found: dict[str, Address] = {}
        roots = [scope.module for scope in self.instances.scopes if scope.called is None]
        for block in (block for module in roots for block in module.imports):
            for to in block.body.all_named("to"):
                address = parse_address(_as_written(to))
                ids = [one.expression for one in block.body.all_named("id")]
                if address is not None and len(ids) == 1 and isinstance(ids[0], PlainText):
                    found[ids[0].value] = address
        return found


def _as_written(argument: Argument) -> str:
    """An address; Terraform's JSON has it in quotes."""
    written = argument.expression
    return (
        written.value if isinstance(written, PlainText) else written.source.text[written.start : written.end]
    )


def _parts_named(block: ConfigBlock, name: str) -> AddressParts | None:
    return next((parse_parts(_as_written(one)) for one in block.body.all_named(name)), None)


def _begins_with(parts: AddressParts, old: AddressParts, *, any_key: bool) -> bool:
    """Whether an address is the old one, or below it. `any_key`: all instances of the old one moved."""
    if len(parts) < len(old) or [name for name, _ in parts[: len(old)]] != [name for name, _ in old]:
        return False
    (_, key), (_, old_key) = parts[len(old) - 1], old[-1]
    same = [key for _, key in parts[: len(old) - 1]] == [key for _, key in old[:-1]]
    return same and (key == old_key or (old_key is None and any_key))
