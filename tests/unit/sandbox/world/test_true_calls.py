"""The ring of executions."""

from typing import Any

from diag.sandbox.world.true_calls import DIRECT, Execution, TrueCalls


def observed(count: int, kept: int) -> TrueCalls:
    seen = TrueCalls(kept)
    for n in range(1, count + 1):
        outcome = "ok" if n % 3 else "timeout"
        seen.record(Execution(f"id{n}", "a", "published", "test", 5, float(n), outcome=outcome))
    return seen


def ids(page: dict[str, Any]) -> list[str]:
    return [call["correlation_id"] for call in page["calls"]]


def test_pages_follow_each_other_without_a_gap() -> None:
    seen = observed(7, kept=100)
    first: dict[str, Any] = seen.page(0, 3)
    second: dict[str, Any] = seen.page(first["next"], 3)
    third: dict[str, Any] = seen.page(second["next"], 3)
    assert ids(first) + ids(second) + ids(third) == [f"id{n}" for n in range(1, 8)]
    assert ids(seen.page(third["next"], 3)) == []
    assert (first["total"], first["forgotten"]) == (7, 0)


def test_the_oldest_are_forgotten_and_the_reader_is_told() -> None:
    seen = observed(10, kept=4)
    page: dict[str, Any] = seen.page(0, 100)
    assert ids(page) == ["id7", "id8", "id9", "id10"]
    assert (page["next"], page["total"], page["forgotten"]) == (10, 10, 6)
    assert ids(seen.page(8, 1)) == ["id9"]
    assert ids(seen.page(99, 5)) == []


def test_direct_calls_are_kept_with_the_others_and_push_none_of_them_out_of_the_platforms_sight() -> None:
    seen = observed(3, kept=4)
    for n in range(4, 10):
        seen.record(Execution(f"id{n}", "a", DIRECT, DIRECT, 0, float(n), outcome="ok"))
    assert ids(seen.page(0, 100)) == ["id6", "id7", "id8", "id9"]
    assert [call.correlation_id for call in seen.seen_by_the_platform()] == ["id1", "id2", "id3"]
    assert (seen.counts["a"], seen.direct["a"]) == ({"ok": 2, "timeout": 1}, {"ok": 6})


def test_calls_are_found_by_id_as_long_as_they_are_kept() -> None:
    seen = observed(10, kept=4)
    assert [call["correlation_id"] for call in seen.by_ids(["id6", "id7", "none", "id10"])] == ["id7", "id10"]
    assert seen.counts["a"] == {"ok": 7, "timeout": 3}
