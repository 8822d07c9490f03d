"""Who owns the timeouts of a configuration, and whether a place may be given a number for some of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from diag.terraform.configuration.module_call import Instance
from diag.terraform.configuration.uncertain import Uncertain
from diag.terraform.ownership.follow import Follower
from diag.terraform.ownership.instances import Instances
from diag.terraform.ownership.other_readers import Mark, OtherReaders, mark_of
from diag.terraform.ownership.places import Owned, place_of


@dataclass
class Owners:
    """The places of all actions of a project, found once."""

    owned: Mapping[Instance, Owned | Uncertain]
    _accounted: frozenset[Mark]
    _by_place: Mapping[tuple[object, ...], tuple[Instance, ...]]
    _readers: OtherReaders = field(default_factory=OtherReaders)

    @classmethod
    def of(cls, instances: Instances, follower: Follower) -> "Owners":
        """Return the owners among these actions."""
        owned: dict[Instance, Owned | Uncertain] = {}
        by_place: dict[tuple[object, ...], tuple[Instance, ...]] = {}
        for instance in instances.every:
            try:
                owned[instance] = found = place_of(instance, follower)
            except Uncertain as error:
                owned[instance] = error
                continue
            by_place[found.place.key] = (*by_place.get(found.place.key, ()), instance)
        ways = (found.way for found in owned.values() if isinstance(found, Owned))
        return cls(owned, frozenset(mark_of(step.reference) for way in ways for step in way), by_place)

    def of_instance(self, instance: Instance) -> Owned:
        """Return the place of an action. Raises Uncertain."""
        found = self.owned[instance]
        if isinstance(found, Uncertain):
            raise found
        return found

    def sharing(self, owned: Owned) -> tuple[Instance, ...]:
        """Return the actions whose timeout this place sets."""
        return self._by_place[owned.place.key]

    def demand_no_other_reader(self, owned: Owned) -> None:
        """Return where nothing but timeouts of actions reads the place. Raises Uncertain."""
        self._readers.demand_none(owned.way, self._accounted)
