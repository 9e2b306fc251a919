"""What mitmdump loads to disturb the traffic to a real server. Told what to do by `PUT /__chaos`; see chaos.py.

Runs in mitmproxy's own environment, so it imports nothing of ours.
"""

import asyncio
import json
from typing import Any

from mitmproxy import http

CALM: dict[str, Any] = {"mode": "none", "match": "/", "times": None, "seconds": 0, "status": 503, "retry_after": None}


class Chaos:
    """One rule at a time, and a journal of what passed."""

    def __init__(self) -> None:
        self.rule = dict(CALM)
        self.journal: list[list[str]] = []

    def _mode_for(self, flow: http.HTTPFlow) -> str:
        if self.rule["mode"] == "none" or not flow.request.path.startswith(self.rule["match"]):
            return "none"
        if self.rule["times"] is not None:
            if self.rule["times"] <= 0:
                return "none"
            self.rule["times"] -= 1
        return str(self.rule["mode"])

    async def request(self, flow: http.HTTPFlow) -> None:
        if flow.request.path == "/__chaos":
            self._obey(flow)
            return
        mode = self._mode_for(flow)
        self.journal.append([flow.request.method, flow.request.path, mode])
        flow.metadata["mode"] = mode
        if mode == "delay":
            await asyncio.sleep(self.rule["seconds"])
        elif mode == "reset":
            flow.kill()
        elif mode == "status":
            headers = {"content-type": "application/json"}
            if self.rule["retry_after"] is not None:
                headers["retry-after"] = str(self.rule["retry_after"])
            flow.response = http.Response.make(self.rule["status"], b'{"error":"chaos"}', headers)

    def _obey(self, flow: http.HTTPFlow) -> None:
        flow.metadata["mode"] = "control"
        if flow.request.method == "PUT":
            self.rule = {**CALM, **json.loads(flow.request.content or b"{}")}
            self.journal.clear()
        body = json.dumps({"rule": self.rule, "journal": self.journal})
        flow.response = http.Response.make(200, body, {"content-type": "application/json"})

    async def response(self, flow: http.HTTPFlow) -> None:
        mode = flow.metadata.get("mode")
        if mode == "lost":
            flow.kill()
        elif mode == "trunc" and flow.response is not None:
            whole = flow.response.raw_content or b""
            flow.response.raw_content = whole[: len(whole) // 2]
            flow.response.headers["content-length"] = str(len(whole))
            flow.response.headers["connection"] = "close"


addons = [Chaos()]
