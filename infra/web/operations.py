"""What operators and browsers ask for: is it alive, is it ready, how is it doing, and a page about the API."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any, Final

import orjson
from fastapi import APIRouter
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.responses import FileResponse, HTMLResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.exceptions import HTTPException

from infra.oncall.text import as_dict
from infra.web.status import POLICY, Board, page

# Swagger UI as the package brings it, so that the page works without internet.
_ASSETS: Final = files("fastapi_swagger") / "resources"
_SERVED: Final = {
    "swagger-ui-bundle.js": "text/javascript",
    "swagger-ui.css": "text/css",
    "favicon-32x32.png": "image/png",
}
_DOCS_POLICY: Final = (
    "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "frame-ancestors 'none'"
)


@dataclass(frozen=True, slots=True)
class Readiness:
    """Whether requests should come here now, and what was found."""

    ready: bool
    report: Mapping[str, Any] = field(default_factory=dict)


def routes(ready: Callable[[], Awaitable[Readiness]], board: Board, title: str) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get("/live")
    async def live() -> Response:
        return _json(200, {"live": True})

    @router.get("/ready")
    async def is_ready() -> Response:
        found = await ready()
        return _json(200 if found.ready else 503, {"ready": found.ready, **found.report})

    @router.get("/status")
    async def status() -> Response:
        return HTMLResponse(page(board.shown()), headers={"Content-Security-Policy": POLICY})

    @router.get("/status.json")
    async def status_for_programs() -> Response:
        shown = board.shown()
        return _json(200, as_dict(shown.hops, shown.found.at)) if shown else _json(503, {"well": False, "hops": []})

    @router.get("/metrics")
    async def metrics() -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    @router.get("/docs")
    async def docs() -> Response:
        page = get_swagger_ui_html(
            openapi_url="/openapi.json",
            title=title,
            swagger_js_url="/docs/swagger-ui-bundle.js",
            swagger_css_url="/docs/swagger-ui.css",
            swagger_favicon_url="/docs/favicon-32x32.png",
            swagger_ui_parameters={"displayRequestDuration": True, "defaultModelsExpandDepth": 0},
        )
        page.headers["Content-Security-Policy"] = _DOCS_POLICY
        return page

    @router.get("/docs/{name}")
    async def asset(name: str) -> Response:
        if name not in _SERVED:
            raise HTTPException(404)
        return FileResponse(str(_ASSETS / name), media_type=_SERVED[name], headers={"Cache-Control": "max-age=86400"})

    return router


def _json(status: int, body: Mapping[str, Any]) -> Response:
    return Response(orjson.dumps(body), status, media_type="application/json")
