from diag.exported_view.beside_a_test import findings_of_export
from diag.exported_view.export_json import export_json
from diag.exported_view.read_view import ExportedAction


def test_what_takes_places_from_others_comes_first_and_no_number_is_offered() -> None:
    slow = ExportedAction("Slow", 900.0, 9000.0, 0, 0)
    refused = ExportedAction("Refused", 100.0, 300.0, 0, 12)
    quick = ExportedAction("Quick", 10.0, 20.0, None, None)
    found = findings_of_export([quick, slow, refused], {})
    assert [one.action.name for one in found] == ["Refused", "Slow", "Quick"]
    text = export_json(found)
    assert '"recommended_timeout_s": null' in text and "no timeout can be set" in text
