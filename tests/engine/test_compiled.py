from pathlib import Path

from engines.compiled import BesideSources, folder_stamp
from engines.dispatch import fleet, tank


def test_machine_code_is_renewed_when_any_module_of_the_folder_changes(tmp_path: Path):
    (tmp_path / "a.py").write_text("A = 1", encoding="utf-8")
    (tmp_path / "b.py").write_text("B = 1", encoding="utf-8")
    before = folder_stamp(tmp_path)
    folder_stamp.cache_clear()
    assert folder_stamp(tmp_path) == before
    (tmp_path / "b.py").write_text("B = 2", encoding="utf-8")
    folder_stamp.cache_clear()
    assert folder_stamp(tmp_path) != before


def test_all_modules_of_the_dispatch_share_one_stamp():
    stamps = {
        BesideSources(function.py_func, function.py_func.__code__.co_filename).get_source_stamp()
        for function in (tank.tank_prices, fleet.fleet_plan)
    }
    assert stamps == {folder_stamp(Path(tank.__file__).parent)}
    # and the compiler uses it
    assert tank.tank_prices._cache._impl.locator.get_source_stamp() in stamps
