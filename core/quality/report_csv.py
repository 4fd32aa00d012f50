"""The quality report as CSV: one row a line of the report, safe to open in a spreadsheet."""

from core.catalog.export_cells import csv_lines, safe_cell
from core.catalog.picture_formats import printable
from core.quality.quality_report import QualityReport

COLUMNS = ("severity", "group", "title", "count", "total", "sentence", "examples", "key")


def report_csv(report: QualityReport) -> str:
    """Write the lines of a report, what matters most first; cells from outside can start no formula."""
    rows = [
        (
            line.severity,
            line.group,
            line.title,
            str(line.count),
            str(line.total),
            line.sentence,
            " | ".join(line.examples),
            line.key,
        )
        for line in report.lines
    ]
    return csv_lines([COLUMNS, *([safe_cell(printable(cell)) for cell in row] for row in rows)])
