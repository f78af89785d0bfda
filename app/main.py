"""The application: mounts the doors, nothing else."""

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp

from app import __version__, config
from app.graphql import door
from app.routers import api, cross_origin, problems
from app.routers.front import Front
from app.routers.gate import Gate


class _App(FastAPI):
    """FastAPI behind layers of ours: most requests are answered before they reach its own."""

    def build_middleware_stack(self) -> ASGIApp:
        """The layers from the outside in: the gate, other origins, the front, and the framework."""
        front = Front(super().build_middleware_stack(), routes=self.router.routes)
        return Gate(cross_origin.allowing(front, config.settings().origins))


def create_app() -> FastAPI:
    """The ASGI application. It works on the database that `app.db.use` names."""
    app = _App(
        title="Flipside",
        version=__version__,
        redirect_slashes=False,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        # It asks at every request whether somebody listens; paths name people's objects, so nobody should.
        telemetry={"tracing": False, "metrics": False, "logs": False},
        exception_handlers={HTTPException: problems.on_http_error},
    )
    door.mount(app)
    api.mount(app)
    return app
