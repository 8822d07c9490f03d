"""What the platform says of a test call of an action: TestExecutionResult."""

from dataclasses import dataclass, field

from diag.genesys.replies.json_reply import JsonObject, objects, optional_object


@dataclass(frozen=True, slots=True)
class TestResult:
    """A TestExecutionResult. The values in it belong to the org: they never show in `repr`."""

    __test__ = False  # the name is the platform's; not a test for pytest to collect

    success: bool
    operations: tuple[JsonObject, ...] = field(repr=False)
    error: JsonObject | None = field(repr=False)
    final_result: JsonObject | None = field(repr=False)

    @classmethod
    def from_json(cls, source: JsonObject, where: str) -> "TestResult":
        """Read the reply of POST .../test."""
        error = optional_object(source, "error")
        final = optional_object(source, "finalResult")
        return cls(
            success=source.get("success") is True,
            operations=tuple(objects(source.get("operations") or [], where)),
            error=error or None,
            final_result=final or None,
        )
