"""BG/NBD: a customer can leave after every repeat purchase."""

from dataclasses import dataclass
from typing import Any, ClassVar

from .beta_geometric import BetaGeometric, fit_beta_geometric


@dataclass(frozen=True)
class BgNbd(BetaGeometric):
    """Fitted BG/NBD model (Fader, Hardie and Lee 2005)."""

    occasions_before_repeat: ClassVar[int] = 0


def fit_bg_nbd(x: Any, t_x: Any, T: Any) -> BgNbd:
    """Fit BG/NBD to the purchase histories of customers.

    :param x: repeat purchases, one entry a customer
    :param t_x: time from first to last purchase, 0 where x is 0
    :param T: time from first purchase until now, in the unit of t_x
    :raises ValueError: if the histories are contradictory or too few
    :raises FitError: if no maximum of the likelihood is found
    """
    return fit_beta_geometric(BgNbd, x, t_x, T)
