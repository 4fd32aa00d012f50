"""Where the squares of a matrix are, in pixels of its canvas: what is drawn on it cannot be clicked by name."""

from playwright.sync_api import Locator, Page, Position, expect

_PLACE = """(canvas, [row, column]) => {
  const {left, top, width, height} = canvas.squares;
  return {x: left + (column + 0.5) * width, y: top + (row + 0.5) * height};
}"""


def drawn_matrix(page: Page, *, key: str = "confusion") -> Locator:
    """Give the canvas of the confusion, or of another matrix, once it is drawn."""
    canvas = page.locator(f".st-key-{key} canvas")
    expect(canvas).to_be_visible()
    page.wait_for_function("(canvas) => canvas.squares", arg=canvas.element_handle())
    return canvas


def square_at(canvas: Locator, row: int, column: int) -> Position:
    """Give where the middle of a square is."""
    found: Position = canvas.evaluate(_PLACE, [row, column])
    return found


def first_full(canvas: Locator) -> tuple[int, int, str]:
    """Give the row, the column and the written count of the first square that is not empty."""
    row, column, count = canvas.evaluate("(canvas) => canvas.squares.cells[0].slice(0, 3)")
    return row, column, count
