"""Readers of the app without a browser: sessions on Streamlit's websocket, which ask for a page and change its filters."""

from __future__ import annotations

import asyncio
import random
import time
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import parse_qsl, urlencode

import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from dashboard.plain import Address

PATIENCE: Final = 60.0
"""Seconds that a reader waits for a page."""
_SMALL: Final = 2_000
"""Messages longer than this hold elements, never the end of a run."""
WORDS: Final[dict[str, tuple[str, ...]]] = {
    "search": ("crisis plan", "police", "petition", "halt OR pause", "kind:statement", "review", "trust", "concern"),
    "find": ("south", "london", "police", "surrey", "trust", "isle"),
}
"""What is typed into a box of that name."""


@dataclass
class Widget:
    """A select box or a text box of the page: its id on the wire, its name in the address, and what it may be set to."""

    id: str
    name: str
    values: tuple[str, ...]
    now: str = ""


@dataclass
class Reader:
    """One browser session, without a browser. `filters` are the widgets that its last whole reading of a page found."""

    site: str
    page: Address
    query: str = ""
    filters: list[Widget] = field(default_factory=list)
    socket: websockets.ClientConnection | None = None
    heard: list[str] = field(default_factory=list)

    async def open(self) -> None:
        """Begin the session."""
        address = f"{self.site.replace('http', 'ws')}/_stcore/stream"
        self.socket = await websockets.connect(address, max_size=None, compression=None)

    async def run(self, *, look: bool = False) -> tuple[float, int]:
        """Ask for the page: (seconds until its script has finished, bytes that came). `look` notes its filters.

        Raises RuntimeError where the page shows a failure, TimeoutError, websockets.WebSocketException.
        """
        assert self.socket is not None
        message = BackMsg()
        message.rerun_script.query_string = urlencode(
            [*parse_qsl(self.query), *((w.name, w.now) for w in self.filters if w.now)]
        )
        message.rerun_script.page_name = self.page.url_path
        for widget in self.filters:
            if widget.now:
                state = message.rerun_script.widget_states.widgets.add()
                state.id, state.string_value = widget.id, widget.now
        if look:
            self.filters = []
        begun, came = time.perf_counter(), 0
        await self.socket.send(message.SerializeToString())
        async with asyncio.timeout(PATIENCE):
            while True:
                data = await self.socket.recv()
                assert isinstance(data, bytes)
                came += len(data)
                if len(data) > _SMALL and not look:
                    continue
                answer = ForwardMsg.FromString(data)
                kind = answer.WhichOneof("type")
                if kind == "script_finished":
                    return time.perf_counter() - begun, came
                if kind == "delta":
                    self._note(answer, look=look)

    async def text(self) -> str:
        """Ask for the page: the HTML of all its parts, as they stand in the messages."""
        self.heard = []
        await self.run(look=True)
        return "".join(self.heard)

    def _note(self, answer: ForwardMsg, *, look: bool) -> None:
        element = answer.delta.new_element
        kind = element.WhichOneof("type")
        if kind == "exception":
            raise RuntimeError(f"{self.page.path} failed: {element.exception.type}: {element.exception.message}")
        if look and kind == "html":
            self.heard.append(element.html.body)
        elif look and kind == "selectbox" and element.selectbox.query_param_key:
            box = element.selectbox
            self.filters.append(Widget(box.id, box.query_param_key, tuple(box.options)))
        elif look and kind == "text_input" and element.text_input.query_param_key in WORDS:
            line = element.text_input
            self.filters.append(Widget(line.id, line.query_param_key, WORDS[line.query_param_key]))

    def choose(self, chance: random.Random) -> str:
        """Set one filter of the page to another value, without asking yet; its name, "" where the page has none."""
        if not self.filters:
            return ""
        widget = chance.choice(self.filters)
        widget.now = chance.choice([value for value in widget.values if value != widget.now] or [widget.now])
        return widget.name

    async def close(self) -> None:
        """End the session."""
        if self.socket is not None:
            await self.socket.close()
