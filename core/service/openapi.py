"""What the API says about itself: its OpenAPI description, and the same as a page."""

import html
import json
from typing import Any

from core import __version__
from core.recommend.weights import PARTS
from core.service.published import MOST_K

_TEXT = {"type": "string"}
_WHOLE = {"type": "integer", "minimum": 0}
_SHARE = {"type": "number", "minimum": 0, "maximum": 1}


def describe_api() -> dict[str, Any]:
    """Describe the API as OpenAPI 3.1."""
    name = {"name": "catalog", "in": "path", "required": True, "schema": _TEXT, "description": "Name of the catalog"}
    product = {
        "name": "product_id",
        "in": "path",
        "required": True,
        "schema": _TEXT,
        "description": "The product to find matches for; a / in it may stay as it is",
    }
    k = {
        "name": "k",
        "in": "query",
        "schema": {"type": "integer", "minimum": 1, "maximum": MOST_K, "default": 10},
        "description": "How many matches",
    }
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "ShelfLens",
            "version": __version__,
            "description": "Matches of a catalog's products, ranked by its published preset. Read-only.",
        },
        "paths": {
            "/health": _get("Tells that the server answers", "Health"),
            "/v1/catalogs": _get("Lists the catalogs that have a published preset", "Catalogs"),
            "/v1/catalogs/{catalog}/products/{product_id}/matches": _get(
                "Ranks for one product as the published preset says", "Matches", parameters=[name, product, k]
            ),
        },
        "components": {"schemas": _schemas()},
    }


def docs_page() -> str:
    """Describe the API as a page without scripts, pictures or links to other hosts."""
    api = describe_api()
    sections = "".join(_section(path, operation["get"]) for path, operation in api["paths"].items())
    schemas = html.escape(json.dumps(api["components"]["schemas"], indent=1))
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>ShelfLens API</title>'
        '<meta name="viewport" content="width=device-width"><style>'
        ":root{color-scheme:light dark}body{font:16px/1.5 system-ui;max-width:60rem;margin:2rem auto;padding:0 1rem}"
        "code,pre{font-size:.9em}pre{overflow:auto}table{border-collapse:collapse}td,th{padding:.2rem .8rem .2rem 0;"
        f"text-align:left}}</style><h1>ShelfLens API</h1><p>{html.escape(api['info']['description'])} "
        'The machine-readable description is at <a href="/openapi.json">/openapi.json</a>.</p>'
        f"{sections}<h2>Answers</h2><pre>{schemas}</pre></html>"
    )


def _get(summary: str, schema: str, *, parameters: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    def answer(what: str, name: str) -> dict[str, Any]:
        content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{name}"}}}
        return {"description": what, "content": content}

    errors = {"400": "A parameter is wrong", "404": "There is no such catalog or product", "409": "Not ready to serve"}
    responses = {"200": answer("The answer", schema), **{code: answer(text, "Error") for code, text in errors.items()}}
    return {
        "get": {
            "summary": summary,
            "operationId": schema.lower(),
            "parameters": parameters or [],
            "responses": responses,
        }
    }


def _schemas() -> dict[str, Any]:
    nothing_or = {"anyOf": [_SHARE, {"type": "null"}]}
    text_or_null = {"type": ["string", "null"]}
    served = {"catalog": _TEXT, "products": _WHOLE, "preset": _TEXT, "version": _WHOLE, "published": _TEXT}
    match = {
        "product_id": _TEXT,
        "score": _SHARE,
        "parts": _object({}, {part: nothing_or for part in PARTS}),
        "price": {"type": ["number", "null"], "description": "Major units"},
        "currency": text_or_null,
        "category": text_or_null,
    }
    matches = {"type": "array", "items": {"$ref": "#/components/schemas/Match"}, "maxItems": MOST_K}
    catalogs = {"type": "array", "items": {"$ref": "#/components/schemas/Catalog"}}
    return {
        "Health": _object({"status": _TEXT, "shelflens": _TEXT}),
        "Catalog": _object(served),
        "Catalogs": _object({"catalogs": catalogs}),
        "Match": _object(match),
        "Matches": _object({**served, "product_id": _TEXT, "matches": matches}),
        "Error": _object({"error": _object({"code": _TEXT, "message": _TEXT})}),
    }


def _object(required: dict[str, Any], further: dict[str, Any] | None = None) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {**required, **(further or {})},
        "required": list(required),
        "additionalProperties": False,
    }


def _section(path: str, operation: dict[str, Any]) -> str:
    rows = "".join(
        f"<tr><td><code>{each['name']}</code></td><td>{each['in']}</td><td>{html.escape(each['description'])}</td></tr>"
        for each in operation["parameters"]
    )
    table = f"<table>{rows}</table>" if rows else ""
    return f"<h2><code>GET {html.escape(path)}</code></h2><p>{html.escape(operation['summary'])}</p>{table}"
