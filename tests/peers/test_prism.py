"""The mock server judges requests by the API's own description."""

import json

import pytest
import requests

from tests.peers.installed import shared

DESCRIPTION = {
    "openapi": "3.1.0",
    "info": {"title": "Notes", "version": "1"},
    "paths": {
        "/notes": {
            "post": {
                "parameters": [{"name": "Idempotency-Key", "in": "header", "schema": {"type": "object"}}],
                "requestBody": {
                    "required": True,
                    "content": {
                        "application/json": {
                            "schema": {
                                "type": "object",
                                "required": ["text"],
                                "properties": {"text": {"type": "string", "maxLength": 10}},
                            }
                        }
                    },
                },
                "responses": {"200": {"description": "kept"}},
            }
        }
    },
}


@pytest.fixture(scope="module")
def description(tmp_path_factory):
    path = tmp_path_factory.mktemp("description") / "notes.json"
    path.write_text(json.dumps(DESCRIPTION))
    return path


def test_a_right_request_meets_no_objection(prism, description):
    server = prism(description)
    requests.post(f"{server.url}/notes", json={"text": "short"}, timeout=30)
    key = {"Idempotency-Key": "0f9d"}
    requests.post(f"{server.url}/notes", json={"text": "short"}, headers=key, timeout=30)
    assert server.objections() == []


@pytest.mark.parametrize(
    ("path", "body", "complaint"),
    [
        ("/notes", {"text": "far too long for a note"}, "10"),
        ("/notes", {}, "text"),
        ("/elsewhere", {"text": "short"}, "NO_PATH"),
    ],
)
def test_a_wrong_request_is_named(prism, description, path, body, complaint):
    server = prism(description)
    requests.post(server.url + path, json=body, timeout=30)
    assert any(complaint in objection for objection in server.objections())
    assert server.objections() == []


def test_mastodons_own_description_is_understood(prism):
    server = prism(shared("data/mastodon/openapi.json"))
    token = {"Authorization": "Bearer token"}
    url = f"{server.url}/api/v1/statuses"
    kept = requests.post(url, json={"status": "Hei"}, headers=token, timeout=30)
    assert (kept.status_code, server.objections()) == (200, [])
    requests.post(url, json={"status": "Hei", "visibility": "nonsense"}, headers=token, timeout=30)
    assert any("visibility" in objection for objection in server.objections())
