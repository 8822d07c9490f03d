"""What can go wrong with plans, journal and undo, apart from one change: that is a value (`ChangeResult`).

ChangesError
├── PlanFileError        usage   a plan file is damaged, foreign, or from a newer version
├── WrongOrgError        usage   a plan was made for another org
├── JournalError         error   the journal cannot be written or read
├── NothingToUndoError   usage   no such entry or run in the journal
├── UnknownActionError   usage   no action, or several, of that name
└── TerraformFileError   usage   a file is not a Terraform state, plan or export
"""

from diag.errors import DiagError


class ChangesError(DiagError):
    """Base of this room."""


class PlanFileError(ChangesError):
    """A file is not a plan we can carry out exactly."""

    category = "usage"


class WrongOrgError(ChangesError):
    """A plan is only ever applied to the org it was made for."""

    category = "usage"


class JournalError(ChangesError):
    """Without a journal nothing is written to the org."""


class NothingToUndoError(ChangesError):
    """The journal holds nothing under that name."""

    category = "usage"


class UnknownActionError(ChangesError):
    """A name does not say which action is meant."""

    category = "usage"


class TerraformFileError(ChangesError):
    """A file holds no Terraform resources we can read."""

    category = "usage"
