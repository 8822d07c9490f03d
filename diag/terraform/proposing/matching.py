"""Which resource of a configuration is which action: by the ids of a state or import blocks, else by name."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from analysis.verdicts.recommendation import Analysis, Recommendation
from diag.terraform.configuration.scope import Address, Instance
from diag.terraform.configuration.uncertain import Uncertain
from diag.terraform.ownership.address import address_text, parse_address
from diag.terraform.ownership.follow import Follower
from diag.terraform.ownership.followed import Inside
from diag.terraform.ownership.instances import Instances
from diag.terraform.resources import TerraformResource
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


class Matcher:
    """Finds the instance of each action. `resources`: what a state or an export holds; None: neither."""

    def __init__(
        self,
        analysis: Analysis,
        instances: Instances,
        follower: Follower,
        resources: Sequence[TerraformResource] | None,
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
        self._known = None if resources is None else addresses_of(resources)
        self._imported = self._ids_of_imports()
        self._names, self._unnamed = self._by_name()

    def instance_of(self, item: Recommendation) -> Instance | NotHere:
        """Return the resource of an action. Raises Uncertain where there may be one, or are several."""
        if self._known is not None:
            return self._from_state(item, self._known)
        imported = self._imported.get(item.action_id)
        if imported is not None:
            return self._at(imported)
        return self._one(self._names.get(item.action_name, []), item)

    def _from_state(
        self, item: Recommendation, known: Mapping[Address, TerraformResource]
    ) -> Instance | NotHere:
        by_id = [address for address, one in known.items() if one.action_id == item.action_id]
        if len(by_id) == 1:
            return self._at(by_id[0])
        if by_id:
            names = ", ".join(map(address_text, by_id))
            raise Uncertain(None, f"the state has it more than once: {names}")
        by_name = [
            address
            for address, one in known.items()
            if one.action_id is None and one.action_name == item.action_name
        ]
        if not by_name:
            return NotHere("the state does not hold it")
        if len(by_name) > 1 or self._namesakes[item.action_name] > 1:
            raise self._several(map(address_text, by_name))
        return self._at(by_name[0])

    def _one(self, found: Sequence[Instance], item: Recommendation) -> Instance | NotHere:
        if len(found) > 1 or (found and self._namesakes[item.action_name] > 1):
            raise self._several(address_text(one.address) for one in found)
        if found:
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
            raise Uncertain(
                found[1].block.where,
                f"several roots in the folder have {address_text(address)}: name one (--terraform-root)",
            )
        names = tuple(name for name, _ in address.modules)
        for unfollowed in (one for root in self.instances.unfollowed.values() for one in root):
            if names[: len(unfollowed.path)] == unfollowed.path:
                raise unfollowed.uncertain
        raise Uncertain(None, f"the state has {address_text(address)}, and the folder does not")

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
        roots = {
            one.scope.module for each in self.instances.chosen.values() for one in each if not one.scope.path
        }
        for block in (block for module in roots for block in module.imports):
            for to in block.body.all_named("to"):
                written = to.expression
                text = written.source.text[written.start : written.end].strip('"')
                address = parse_address(text)
                ids = [one.expression for one in block.body.all_named("id")]
                if address is not None and len(ids) == 1 and isinstance(ids[0], PlainText):
                    found[ids[0].value] = address
        return found
