"""What can go wrong besides bad input, which is a plain ``ValueError``."""


class FitError(RuntimeError):
    """No parameters fit these customers: use the baseline instead."""
