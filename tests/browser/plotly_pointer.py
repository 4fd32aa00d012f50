"""Where things are on a Plotly chart, in pixels of the page: what is drawn on a canvas cannot be clicked by name."""

from playwright.sync_api import Page

_POINT = """([key, trace, place]) => {
  const chart = document.querySelector(`.st-key-${key} .js-plotly-plot`);
  const layout = chart._fullLayout, box = chart.getBoundingClientRect(), points = chart._fullData[trace];
  return [box.left + layout._size.l + layout.xaxis.d2p(points.x[place]),
          box.top + layout._size.t + layout.yaxis.d2p(points.y[place])];
}"""


def point_on(page: Page, key: str, *, trace: int = 0, place: int = 0) -> tuple[float, float]:
    """Give where a point of a scatter chart is."""
    x, y = page.evaluate(_POINT, [key, trace, place])
    return x, y


def draw_loop(page: Page, corners: list[tuple[float, float]]) -> None:
    """Drag the pointer around, as with the lasso."""
    page.mouse.move(*corners[0])
    page.mouse.down()
    for corner in [*corners[1:], corners[0]]:
        page.mouse.move(*corner, steps=6)
    page.mouse.up()
