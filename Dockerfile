# One image, three roles: `api` (the default), `worker` and `migrate` are commands of `flipside`.
# It brings no PostgreSQL: FLIPSIDE_DATABASE_URL names one, FLIPSIDE_SECRET_KEY the key that seals secrets.
ARG BASE=python:3.11-slim

FROM ${BASE} AS build
# For a network that re-signs TLS, and for a base whose certificates are elsewhere.
ARG SSL_CERT_FILE
ARG PIP_CERT
ARG UV_VERSION=0.13.9
ENV UV_PYTHON_DOWNLOADS=never UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy UV_SYSTEM_CERTS=1 VIRTUAL_ENV=/opt/flipside
RUN python3 -m venv /opt/uv \
    && /opt/uv/bin/pip install --no-cache-dir uv==${UV_VERSION} \
    && python3 -m venv --without-pip /opt/flipside
WORKDIR /srv/flipside
# Dependencies first: a layer that changes with the lock only.
COPY requirements-image.lock ./
RUN /opt/uv/bin/uv pip install --no-cache --require-hashes -r requirements-image.lock
COPY pyproject.toml ./
COPY alembic alembic
COPY app app
# What matching compiles is compiled once for all containers.
RUN /opt/uv/bin/uv pip install --no-cache --no-deps --editable . \
    && NUMBA_CACHE_DIR=/opt/compiled /opt/flipside/bin/python -m app.matching.warming

FROM ${BASE}
COPY --from=build /opt/flipside /opt/flipside
COPY --from=build /srv/flipside /srv/flipside
COPY --from=build --chown=10001:10001 /opt/compiled /opt/compiled
WORKDIR /srv/flipside
ENV PATH=/opt/flipside/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    NUMBA_CACHE_DIR=/opt/compiled \
    FLIPSIDE_ENVIRONMENT=production \
    FLIPSIDE_HOST=0.0.0.0 \
    FLIPSIDE_LOG_FORMAT=json
# A number, so that an orchestrator can see that it is not root. In the image it can write where compiled code lies:
# on another kind of processor than the builder's, matching compiles anew.
USER 10001:10001
EXPOSE 8000
# Only the role `api` listens; the others are well as long as they run.
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
    CMD ["python", "-c", "import os, pathlib, urllib.request as web; b'api' in pathlib.Path('/proc/1/cmdline').read_bytes().split(bytes(1)) and web.urlopen('http://127.0.0.1:' + os.environ.get('FLIPSIDE_PORT', '8000') + '/health/live', timeout=2)"]
ENTRYPOINT ["flipside"]
CMD ["api"]
