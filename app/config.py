"""Settings, read once from the environment (`FLIPSIDE_…`) and frozen."""

import re
from functools import cache
from ipaddress import ip_network
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

# More could not be told apart in the time that they take to come back.
MOST_UNITS = 10_000_000
_PROXY = re.compile(r"http://([^\s:/@]+(:[^\s:/@]*)?@)?[A-Za-z0-9.-]+:[0-9]{1,5}/?")
_ORIGIN = re.compile(r"https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?")
_HOST = r"([A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\]):[0-9]{1,5}"
_BROKER = re.compile(rf"(nats|kafka)(\+tls)?://{_HOST}(,{_HOST})*")


def _listed(text: str | None) -> tuple[str, ...]:
    return tuple(item.strip() for item in (text or "").split(",") if item.strip())


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
    trusted_proxies: str | None = Field(
        default=None,
        description="Proxies, addresses or networks by commas: their `X-Forwarded-For` names the caller. Unset: none.",
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
    body_seconds: float = Field(default=30.0, gt=0, le=600, description="Longest a request body may take, then 408.")
    rate_limit_credential: int = Field(
        default=6_000,
        ge=0,
        le=MOST_UNITS,
        description="Units a minute that one credential may spend (docs/limits.md). 0: any number.",
    )
    rate_limit_organisation: int = Field(
        default=60_000,
        ge=0,
        le=MOST_UNITS,
        description="Units a minute of all credentials of one organisation. 0: any number.",
    )
    rate_limit_operation: int = Field(
        default=600,
        ge=0,
        le=MOST_UNITS,
        description="Units a minute of one costly operation in one organisation. 0: any number.",
    )
    rate_limit_address: int = Field(
        default=600, ge=0, le=MOST_UNITS, description="Failed authentications a minute from one address. 0: any number."
    )
    quota_store: Literal["memory", "postgres"] = Field(
        default="memory",
        description="Where units are counted. `postgres`: replicas exchange their counts every second.",
    )
    allowed_hosts: str | None = Field(
        default=None,
        description="Names in `Host` that we answer to, by commas; `*.example.com` for all below. Unset: any.",
    )
    cors_origins: str | None = Field(
        default=None, description="Origins whose pages may call us (`https://…`), by commas; never `*`. Unset: none."
    )
    graphql_get: bool = Field(default=False, description="Answer GraphQL queries sent by GET.")
    graphql_introspection: bool | None = Field(
        default=None,
        description="Open introspection to every key. Unset: open in development only; scope `schema:read` always may.",
    )
    webhook_allow_private: bool | None = Field(
        default=None, description="Deliver to private and loopback addresses over HTTP. Unset: in development only."
    )
    webhook_timeout_seconds: float = Field(
        default=30.0, ge=1, le=30, description="Longest wall clock of one delivery attempt, whatever its endpoint says."
    )
    egress_proxy: SecretStr | None = Field(
        default=None,
        description="Proxy through which all calls go out, from an address that receivers can know: "
        "`http://host:port` or `http://user:password@host:port`. Unset: none, whatever `HTTPS_PROXY` says.",
    )
    worker_poll_seconds: float = Field(
        default=0.5, gt=0, le=60, description="Pause of an idle worker between two looks."
    )
    worker_lanes: int = Field(
        default=64, ge=1, le=1000, description="Webhook endpoints that one worker serves at once."
    )
    matching_memory_mb: int = Field(
        default=2048, ge=256, le=65536, description="Memory that one matching may take, in a process of its own."
    )
    lease_seconds: float = Field(
        default=60.0, ge=5, le=3600, description="A dead worker's claims are free after this long."
    )
    drain_seconds: float = Field(
        default=0.5, ge=0, le=60, description="At a stop, how long readiness says no before the port closes."
    )
    broker_url: str | None = Field(
        default=None,
        description="Broker that gets every event, too (docs/brokers.md): `nats://host:4222`, `kafka://host:9092`, "
        "more hosts by commas; `nats+tls://…`, `kafka+tls://…` over TLS. Unset: none.",
    )
    broker_topic: str = Field(
        default="flipside",
        pattern=r"^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$",
        max_length=100,
        description="What NATS subjects begin with; in Kafka, the topic.",
    )
    broker_format: Literal["native", "cloudevents_structured", "cloudevents_binary"] = Field(
        default="native", description="How the broker gets events: what `format` of an endpoint means."
    )
    broker_user: str | None = Field(default=None, description="User name at the broker; over Kafka, of SASL.")
    broker_password: SecretStr | None = Field(
        default=None, description="The user's password; over NATS and without a user, a token."
    )
    broker_sasl: Literal["SCRAM-SHA-512", "SCRAM-SHA-256", "PLAIN"] = Field(
        default="SCRAM-SHA-512", description="How Kafka checks the password."
    )
    broker_ca_file: Path | None = Field(
        default=None, description="Certificates (PEM) that the broker's is checked against. Unset: the system's."
    )
    log_format: Literal["console", "json"] = Field(default="console", description="Shape of the log lines.")
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="Lowest level that is logged."
    )

    @field_validator("trusted_proxies")
    @classmethod
    def _networks(cls, value: str | None) -> str | None:
        for network in _listed(value):
            ip_network(network)
        return value

    @field_validator("egress_proxy")
    @classmethod
    def _names_a_proxy(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not _PROXY.fullmatch(value.get_secret_value()):
            raise ValueError("a proxy is written as http://host:port or http://user:password@host:port")
        return value

    @field_validator("cors_origins")
    @classmethod
    def _names_origins(cls, value: str | None) -> str | None:
        if not all(_ORIGIN.fullmatch(origin) for origin in _listed(value)):
            raise ValueError("origins are written out, as in https://app.example.com,https://other.example.com")
        return value

    @field_validator("broker_url")
    @classmethod
    def _names_brokers(cls, value: str | None) -> str | None:
        # A password has a setting of its own, which no table and no complaint shows.
        if value is not None and not _BROKER.fullmatch(value):
            raise ValueError("is written nats://host:port or kafka://host:port,host:port, without user and password")
        return value

    @property
    def hosts(self) -> tuple[str, ...]:
        """Names by which we may be called; none for any."""
        return tuple(host.lower() for host in _listed(self.allowed_hosts))

    @property
    def origins(self) -> tuple[str, ...]:
        """Origins whose pages may call us."""
        return _listed(self.cors_origins)

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
