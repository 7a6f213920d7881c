"""What became of one submission of a customer, told to the page in one value."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Outcome:
    """``status`` is ``saved``, ``corrected``, ``invalid`` or ``refused``.

    ``errors`` maps question ids (and ``consent``) to sentences for the customer.
    ``secret`` lets the same browser session correct the answer for a while.
    """

    status: str
    errors: dict[int | str, str] = field(default_factory=dict)
    secret: str | None = None

    @property
    def is_saved(self) -> bool:
        return self.status in ("saved", "corrected")
