"""A browser tab without the browser: it speaks Streamlit's protocol over a websocket, as the page in a browser does.

It keeps what the server sent, moves widgets, opens pages, reruns fragments when their time comes and remembers large
messages, so that the server may name them by their hash. It draws nothing.
"""

import asyncio
import json
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode

import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Delta_pb2 import Delta
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

PATIENCE_SECONDS = 60.0
_QUIET_SECONDS = 1.0
"""A page that ran anew drew the fragment that was asked for too, unless a run of that fragment follows within this."""

_FAULT_WORDS = "Something broke inside ShelfLens"


@dataclass
class Tab:
    """One visitor.

    Args:
        address: Of the server, ``http://HOST:PORT``.

    Attributes:
        query: The address bar's query, by name.
        sliders: Of the page shown: id and fragment by label.
        grids: Of the page shown: the cards of each product grid by its label.
        titles: Headings seen since the page was opened.
        problems: Exceptions and faults that were shown.
        bytes_received: Of all messages.
        reruns: Runs that ended.
    """

    address: str
    query: dict[str, str] = field(default_factory=dict)
    sliders: dict[str, tuple[str, str]] = field(default_factory=dict)
    grids: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    titles: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    bytes_received: int = 0
    reruns: int = 0

    def __post_init__(self) -> None:
        self._moved: dict[str, float] = {}
        self._remembered: dict[str, ForwardMsg] = {}
        self._timers: dict[str, asyncio.Task] = {}
        self._page_hash = ""
        self._page_name = ""
        self._awaited: tuple[str, asyncio.Future] | None = None
        self._cut_short: set[str] = set()

    async def connect(self) -> None:
        """Open the connection; the page is asked for by `open`."""
        stream = self.address.replace("http", "ws", 1) + "/_stcore/stream"
        self._socket = await websockets.connect(stream, subprotocols=["streamlit"], max_size=None, ping_interval=None)
        self._reader = asyncio.create_task(self._read())

    async def close(self) -> None:
        """Go away, as a tab that is closed."""
        await self._end_reading()
        await self._socket.close()

    async def vanish(self) -> None:
        """Go away without a word, as a laptop that is shut."""
        await self._end_reading()
        self._socket.transport.abort()

    async def _end_reading(self) -> None:
        self._stop_timers()
        self._reader.cancel()
        with suppress(asyncio.CancelledError):
            await self._reader

    async def open(self, page: str, **query: str) -> float:
        """Open a page by its address; gives the seconds until its run ended."""
        self._stop_timers()
        self.query, self._page_name, self._page_hash = dict(query), page, ""
        self.sliders, self.grids, self.titles = {}, {}, []
        return await self._rerun(fragment="")

    async def slide(self, label: str, value: float, *, name: str) -> float:
        """Move a slider; gives the seconds until what hangs on it was drawn anew.

        Args:
            label: Of the slider.
            value: Where to.
            name: Its name in the address.
        """
        widget, fragment = self.sliders[label]
        self._moved[widget] = value
        self.query[name] = f"{value:g}"
        return await self._rerun(fragment=fragment)

    async def _rerun(self, *, fragment: str) -> float:
        done = asyncio.get_running_loop().create_future()
        self._awaited, self._cut_short = (fragment, done), set()
        started = time.perf_counter()
        await self._send(fragment)
        try:
            return float(await asyncio.wait_for(done, PATIENCE_SECONDS)) - started
        finally:
            self._awaited = None

    async def _send(self, fragment: str, *, by_itself: bool = False) -> None:
        message = BackMsg()
        state = message.rerun_script
        state.query_string = urlencode(self.query)
        state.page_script_hash, state.page_name = self._page_hash, self._page_name if not self._page_hash else ""
        state.fragment_id, state.is_auto_rerun = fragment, by_itself
        state.cached_message_hashes.extend(self._remembered)
        for widget, value in self._moved.items():
            moved = state.widget_states.widgets.add()
            moved.id = widget
            moved.double_array_value.data.append(value)
        await self._socket.send(message.SerializeToString())

    async def _read(self) -> None:
        try:
            async for data in self._socket:
                self.bytes_received += len(data)
                self._take(ForwardMsg.FromString(data))
            self._fail("the server closed the connection")
        except websockets.ConnectionClosed as error:
            self._fail(f"the connection broke: {error}")
        except Exception as error:
            self._fail(f"a message could not be taken: {error!r}")
            raise

    def _take(self, message: ForwardMsg) -> None:
        kind = message.WhichOneof("type")
        if kind == "ref_hash":
            known = self._remembered.get(message.ref_hash)
            if known is None:
                self._fail(f"the server named a message that was never sent: {message.ref_hash}")
            else:
                self._take_delta(known.delta)
        elif kind == "delta":
            if message.metadata.cacheable:
                self._remembered[message.hash] = message
            self._take_delta(message.delta)
        elif kind == "script_finished":
            self._take_end(message.script_finished, set(message.metadata.run.fragment_ids))
        else:
            self._take_news(message, kind)

    def _take_news(self, message: ForwardMsg, kind: str | None) -> None:
        """Take what changes the tab rather than the page."""
        if kind == "navigation":
            self._page_hash = message.navigation.page_script_hash
        elif kind == "page_info_changed":
            found = parse_qs(message.page_info_changed.query_string)
            self.query = {name: values[-1] for name, values in found.items()}
        elif kind == "auto_rerun":
            self._start_timer(message.auto_rerun.fragment_id, message.auto_rerun.interval)
        elif kind == "stop_auto_rerun":
            for fragment in message.stop_auto_rerun.fragment_ids:
                self._stop_timer(fragment)

    def _take_end(self, status: int, fragments: set[str]) -> None:
        if status == ForwardMsg.FINISHED_EARLY_FOR_RERUN:
            # Said too of a fragment that was drawn whole when another one began before its end was sent; whether it was
            # drawn or is being replaced, the end of the next run tells.
            self._cut_short |= fragments
            return
        self.reruns += 1
        if status == ForwardMsg.FINISHED_WITH_COMPILE_ERROR:
            self._fail("a page does not compile")
        if self._awaited is None:
            return
        fragment, done = self._awaited
        ended = time.perf_counter()
        if fragment in fragments | self._cut_short or not (fragment or fragments):
            _resolve(done, ended)
        elif not fragments:  # the whole page, perhaps begun before what was asked for arrived
            asyncio.get_running_loop().call_later(_QUIET_SECONDS, _resolve, done, ended)

    def _take_delta(self, delta: Delta) -> None:
        if delta.WhichOneof("type") != "new_element":
            return
        element = delta.new_element
        kind = element.WhichOneof("type")
        if kind == "slider":
            self.sliders[element.slider.label] = (element.slider.id, delta.fragment_id)
        elif kind == "heading":
            self.titles.append(element.heading.body)
        elif kind == "exception":
            self.problems.append(f"exception {element.exception.type}: {element.exception.message}")
        elif kind == "markdown" and _FAULT_WORDS in element.markdown.body:
            self.problems.append("a fault with an id")
        elif kind == "bidi_component":
            self._take_component(element.bidi_component)

    def _take_component(self, component: Any) -> None:
        written = component.mixed.json if component.WhichOneof("data") == "mixed" else component.json
        data = json.loads(written) if written else None
        if isinstance(data, dict) and "cards" in data:
            self.grids[str(data.get("label"))] = data["cards"]

    def _start_timer(self, fragment: str, seconds: float) -> None:
        self._stop_timer(fragment)

        async def rerun_now_and_then() -> None:
            while True:
                await asyncio.sleep(seconds)
                await self._send(fragment, by_itself=True)

        self._timers[fragment] = asyncio.create_task(rerun_now_and_then())

    def _stop_timer(self, fragment: str) -> None:
        timer = self._timers.pop(fragment, None)
        if timer is not None:
            timer.cancel()

    def _stop_timers(self) -> None:
        for fragment in list(self._timers):
            self._stop_timer(fragment)

    def _fail(self, words: str) -> None:
        self.problems.append(words)
        if self._awaited is not None and not self._awaited[1].done():
            self._awaited[1].set_exception(ConnectionError(words))


def _resolve(done: asyncio.Future, ended: float) -> None:
    if not done.done():
        done.set_result(ended)
