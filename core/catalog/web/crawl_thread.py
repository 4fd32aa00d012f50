"""Running a crawl in a thread of its own, so that whoever waits for it can report and cancel."""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from typing import Any, TypeVar

from core.catalog.web.crawl_pages import CrawlState
from core.progress import Progress

T = TypeVar("T")

_LOOK_SECONDS = 0.25
_CLOSE_SECONDS = 30.0


def run_apart(work: Callable[[], Coroutine[Any, Any, T]], *, state: CrawlState, progress: Progress) -> T:
    """Run something asynchronous to its end.

    Args:
        work: Makes the coroutine.
        state: What it tells of itself.
        progress: Hears of it four times a second, and may cancel it.

    Returns:
        What the coroutine gives; its error is raised here.

    Raises:
        Cancelled: The user asked to stop; the coroutine has closed what it had open.
    """
    answer: Future[T] = Future()
    started: Future[tuple[asyncio.AbstractEventLoop, asyncio.Task[T]]] = Future()

    async def body() -> T:
        task = asyncio.current_task()
        assert task is not None
        started.set_result((asyncio.get_running_loop(), task))
        return await work()

    def run() -> None:
        try:
            answer.set_result(asyncio.run(body()))
        except BaseException as error:  # noqa: BLE001 - handed to the thread that waits, which raises it
            answer.set_exception(error)

    thread = threading.Thread(target=run, name="crawl", daemon=True)
    thread.start()
    try:
        while True:
            progress.report(state.done, state.total, state.message)
            try:
                return answer.result(_LOOK_SECONDS)
            except TimeoutError:
                if answer.done():
                    raise
    except BaseException:
        loop, task = started.result(_CLOSE_SECONDS)
        if not loop.is_closed():
            loop.call_soon_threadsafe(task.cancel)
        raise
    finally:
        thread.join(_CLOSE_SECONDS)
