"""Settings, read once from the environment (`FLIPSIDE_…`) and frozen."""

from functools import cache
from ipaddress import ip_network
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Every knob of the service. `flipside doctor --settings` prints this table."""

    model_config = SettingsConfigDict(env_prefix="FLIPSIDE_", frozen=True, extra="ignore")

    environment: Literal["development", "production"] = Field(
        default="development", description="`production` demands a database and a secret key, and closes GraphQL's IDE."
    )
    database_url: str | None = Field(
        default=None,
        description="Owner connection (`postgresql://…`) for migrations. Unset: the embedded PostgreSQL is used.",
    )
    app_database_url: str | None = Field(
        default=None,
        description="Connection that serves requests. Unset: the owner's, in the restricted role `flipside_app`.",
    )
    data_dir: Path = Field(default=Path("var"), description="Where the embedded PostgreSQL and local secrets live.")
    host: str = Field(default="127.0.0.1", description="Address that the API listens on.")
    trusted_proxies: str = Field(
        default="",
        description="Addresses and networks of proxies, parted by commas, whose `X-Forwarded-For` is believed.",
    )
    port: int = Field(default=8000, ge=1, le=65535, description="Port that the API listens on.")
    public_url: str | None = Field(
        default=None, description="Address that callers use, for links. Unset: host and port."
    )
    secret_key: SecretStr | None = Field(
        default=None,
        description="At least 32 characters: signs cursors and seals stored secrets. Unset: made once in `data_dir`.",
    )
    key_encryption_keys: SecretStr | None = Field(
        default=None,
        description="Keys that wrap the data keys: `id:base64` of 32 bytes each, comma-separated; the first wraps, all "
        "unwrap. Unset: one derived from the secret key.",
    )
    read_pool_size: int = Field(default=8, ge=1, le=100, description="Connections of the read lane.")
    write_pool_size: int = Field(default=8, ge=1, le=100, description="Connections of the write lane.")
    pool_wait_seconds: float = Field(default=1.0, gt=0, le=30, description="Longest wait for a connection, then 503.")
    statement_timeout_ms: int = Field(default=5000, ge=100, description="Longest run of one SQL statement.")
    body_limit_bytes: int = Field(default=1024 * 1024, ge=1024, description="Largest request body accepted.")
    graphql_get: bool = Field(default=False, description="Answer GraphQL queries sent by GET.")
    graphql_introspection: bool | None = Field(
        default=None,
        description="Open introspection to every key. Unset: open in development only; scope `schema:read` always may.",
    )
    webhook_allow_private: bool | None = Field(
        default=None, description="Deliver to private and loopback addresses over HTTP. Unset: in development only."
    )
    webhook_timeout_seconds: float = Field(default=20.0, ge=1, le=30, description="Wall clock of one delivery attempt.")
    worker_poll_seconds: float = Field(
        default=0.5, gt=0, le=60, description="Pause of an idle worker between two looks."
    )
    worker_lanes: int = Field(
        default=64, ge=1, le=1000, description="Webhook endpoints that one worker serves at once."
    )
    lease_seconds: float = Field(
        default=60.0, ge=5, le=3600, description="A dead worker's claims are free after this long."
    )
    drain_seconds: float = Field(
        default=0.5, ge=0, le=60, description="At a stop, how long readiness says no before the port closes."
    )
    log_format: Literal["console", "json"] = Field(default="console", description="Shape of the log lines.")
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="Lowest level that is logged."
    )

    @field_validator("trusted_proxies")
    @classmethod
    def _networks(cls, text: str) -> str:
        for part in filter(None, text.split(",")):
            ip_network(part.strip())
        return text

    @property
    def is_development(self) -> bool:
        """Whether the conveniences of a developer's machine are on."""
        return self.environment == "development"

    @property
    def base_url(self) -> str:
        """Address that callers use, without a trailing slash."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")

    @property
    def introspection_open(self) -> bool:
        """Whether any key may introspect the GraphQL schema."""
        return self.is_development if self.graphql_introspection is None else self.graphql_introspection

    @property
    def private_webhooks_allowed(self) -> bool:
        """Whether webhooks may go to loopback and private addresses, and over plain HTTP."""
        return self.is_development if self.webhook_allow_private is None else self.webhook_allow_private


@cache
def settings() -> Settings:
    """The settings of this process."""
    return Settings()
