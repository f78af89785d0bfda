"""The settings of a command, or a line that names the variables at fault."""

from pydantic import ValidationError

from app import config
from app.commands.settings_table import variable
from app.config import Settings


class WrongSettings(RuntimeError):
    """Some variables do not hold what they should; the text names them, never their values."""


def chosen() -> Settings:
    """The settings of this process. Raises `WrongSettings`."""
    try:
        return config.settings()
    except ValidationError as error:
        details = error.errors(include_url=False, include_context=False, include_input=False)
        said = "; ".join(f"{variable(str(item['loc'][0]))}: {item['msg']}" for item in details)
        raise WrongSettings(f"{said}. The table of settings: flipside doctor --settings") from None
