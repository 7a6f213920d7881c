"""The one exception a user may meet: a sentence, never a traceback."""


class SuiteError(Exception):
    """Something the user can understand and act on, said in whole sentences."""
