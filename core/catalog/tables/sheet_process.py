"""A process of its own that reads one sheet of a workbook and prints its rows, a JSON list a line.

A workbook of a few bytes may ask for billions of cells. Whatever that does, it does to this process: its memory and
time are limited, and whoever reads its rows goes on. It runs by its path and imports nothing of ShelfLens.

Prints ``{"sheet": NAME}`` first, then the rows, then ``{"end": true}``; or ``{"error": CODE, "detail": ...}``.
"""

import datetime
import json
import sys
from collections.abc import Iterator
from typing import Any

MOST_MEMORY_BYTES = 2 * 2**30
MOST_SECONDS = 900
MOST_ROW_CHARACTERS = 2**22


def main(path: str, sheet: str | None) -> None:
    """Print the rows of a sheet; without a name those of the first sheet that holds any."""
    _limit()
    import python_calamine

    try:
        with python_calamine.load_workbook(path) as workbook:
            if sheet is not None and sheet not in workbook.sheet_names:
                _print({"error": "no_sheet", "detail": ", ".join(workbook.sheet_names)})
                return
            for name in [sheet] if sheet is not None else workbook.sheet_names:
                rows = _rows(workbook, name)
                first = next(rows, None)
                if first is not None or sheet is not None:
                    _print_rows(name, first, rows)
                    return
        _print({"error": "no_rows", "detail": ""})
    except python_calamine.PasswordError:
        _print({"error": "password", "detail": ""})
    except (python_calamine.CalamineError, OSError, ValueError, MemoryError) as error:
        _print({"error": "damaged", "detail": str(error)[:300]})


def _limit() -> None:
    """Bound memory and time, where the system can."""
    try:
        import resource
    except ImportError:  # Windows has no such limits; the process still falls alone
        return
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY_BYTES, MOST_MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _rows(workbook: Any, name: str) -> Iterator[list[Any]]:
    """Yield the rows that hold anything, without the empty cells at their ends."""
    for cells in workbook.get_sheet_by_name(name).iter_rows():
        row = [_plain(cell) for cell in cells]
        while row and row[-1] in ("", None):
            row.pop()
        if row:
            yield row


def _print_rows(name: str, first: list[Any] | None, rows: Iterator[list[Any]]) -> None:
    _print({"sheet": name})
    if first is not None:
        _print(first)
    for row in rows:
        _print(row)
    _print({"end": True})


def _plain(cell: Any) -> Any:
    """Make a cell fit for JSON: whole numbers without a point, dates as ISO 8601 writes them."""
    if isinstance(cell, float):
        if cell != cell or cell in (float("inf"), float("-inf")):
            return None
        return int(cell) if cell.is_integer() and abs(cell) < 2**53 else cell
    if isinstance(cell, datetime.datetime):
        return cell.date().isoformat() if cell.time() == datetime.time() else cell.isoformat(" ")
    if isinstance(cell, datetime.date | datetime.time):
        return cell.isoformat()
    return cell if isinstance(cell, str | int | bool) or cell is None else str(cell)


def _print(value: Any) -> None:
    line = json.dumps(value)
    if len(line) > MOST_ROW_CHARACTERS:
        line = json.dumps({"long": len(line)})
    print(line)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else None)
