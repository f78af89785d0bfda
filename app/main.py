"""The application: mounts the doors, nothing else."""

from fastapi import FastAPI
from starlette.exceptions import HTTPException

from app import __version__, config
from app.graphql import door
from app.routers import api, cross_origin, problems
from app.routers.front import Front
from app.routers.gate import Gate


def create_app() -> FastAPI:
    """The ASGI application. It works on the database that `app.db.use` names."""
    app = FastAPI(
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
    app.add_middleware(Front, routes=app.router.routes)
    cross_origin.allow(app, config.settings().origins)
    app.add_middleware(Gate)
    return app
