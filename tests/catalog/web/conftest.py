import io

import pytest
from PIL import Image

from core.catalog.web.fetch_limits import FetchLimits
from tests.catalog.web.fault_server import FaultServer


@pytest.fixture
def server():
    with FaultServer() as running:
        yield running


@pytest.fixture
def limits() -> FetchLimits:
    """Short waits, so that a test of timeouts takes seconds; long enough for a server on a busy machine."""
    return FetchLimits(
        attempts=2, backoff_seconds=0.02, connect_seconds=2.0, read_seconds=1.5, file_seconds=3.0, pause_seconds=0.2
    )


def jpeg(number: int, *, side=48) -> bytes:
    """A picture of its own for every number."""
    buffer = io.BytesIO()
    color = (number * 37 % 256, number * 91 % 256, number * 13 % 256)
    image = Image.new("RGB", (side, side), color)
    image.putpixel((number % side, number // side % side), (255, 255, 255))
    image.save(buffer, "JPEG", quality=90)
    return buffer.getvalue()
