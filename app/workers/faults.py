"""How a loop that must go on says what went wrong."""

import traceback
from pathlib import Path
from typing import Any

import app

_OURS = str(Path(app.__file__).parent)


def described(error: BaseException) -> dict[str, Any]:
    """The kind of an error and the last line of ours that it passed, for the log.

    Never its text: that of a database error quotes the values of the statement.
    """
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if frame.filename.startswith(_OURS)]
    at = f"{Path(ours[-1].filename).relative_to(_OURS)}:{ours[-1].lineno}" if ours else None
    return {"error": type(error).__qualname__, "at": at}
