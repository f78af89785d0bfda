"""Runs the service as `flipside serve` would, on the bench's database: real keys, row-level security, log level info."""

from app import config
from app.commands import serving
from app.commands.hosting import plain


def main() -> None:
    """Serve until told to stop."""
    settings = config.settings()
    serving.configure_log(settings)
    listener = serving.listen(settings.host, settings.port)
    assert settings.database_url is not None
    serving.run(serving.serve_api(settings, plain(settings.database_url), listener), settings)


if __name__ == "__main__":
    main()
