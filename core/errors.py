"""Every error a user can mend, as one tree.

::

    ShelfLensError          bad input or usage; the message says what, where and how to mend it
    ├── HomeError           the home folder cannot be used
    ├── CatalogError        a catalog, product or source is missing or cannot be used
    │   └── EditConflictError   somebody else changed the same while it was edited
    ├── PictureError        a picture cannot be read
    ├── BackboneError       a backbone or its weights cannot be used
    ├── TrainingError       a training cannot be started or finished
    ├── RunError            a run is missing or cannot be used
    ├── JobError            a job is missing or cannot do what was asked
    │   └── JobGoneError        its folder was tidied away a moment ago
    ├── SettingsError       a setting is out of its range
    ├── AccessError         the role of whoever acts does not allow it
    └── UndoError           a change cannot be undone

    Cancelled               the user asked to stop; not an error
"""


class ShelfLensError(Exception):
    """Bad input or usage; the message says what is wrong, where, and how to mend it."""


class HomeError(ShelfLensError):
    """The home folder cannot be used."""


class CatalogError(ShelfLensError):
    """A catalog, product or source is missing or cannot be used."""


class EditConflictError(CatalogError):
    """Somebody else changed the same fields while they were edited; nothing was written.

    Args:
        message: What was changed meanwhile.
        theirs: The values that stand there now, by field.
    """

    def __init__(self, message: str, *, theirs: dict[str, object]) -> None:
        super().__init__(message)
        self.theirs = theirs


class PictureError(ShelfLensError):
    """A picture cannot be read.

    Args:
        message: What is wrong with which picture.
        reason: A short code for counting, such as ``"empty"`` or ``"not_a_picture"``.
    """

    def __init__(self, message: str, *, reason: str = "unreadable") -> None:
        super().__init__(message)
        self.reason = reason


class BackboneError(ShelfLensError):
    """A backbone or its weights cannot be used."""


class TrainingError(ShelfLensError):
    """A training cannot be started or finished."""


class RunError(ShelfLensError):
    """A run is missing or cannot be used."""


class JobError(ShelfLensError):
    """A job is missing or cannot do what was asked."""


class JobGoneError(JobError):
    """The folder of a job was tidied away a moment ago."""


class SettingsError(ShelfLensError):
    """A setting is out of its range."""


class AccessError(ShelfLensError):
    """The role of whoever acts does not allow what was asked."""


class UndoError(ShelfLensError):
    """A change cannot be undone."""


class Cancelled(Exception):
    """The user asked to stop."""
