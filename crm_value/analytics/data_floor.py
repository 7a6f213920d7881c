"""Are there enough customers to fit a model to?"""

from dataclasses import dataclass

MIN_BUYERS = 100
MIN_REPEAT_BUYERS = 30


@dataclass(frozen=True)
class DataFloor:
    """The decision with the figures it rests on."""

    buyers: int
    repeat_buyers: int
    min_buyers: int
    min_repeat_buyers: int

    @property
    def is_enough(self) -> bool:
        """Whether a model may be fitted; the baseline is used otherwise."""
        return (
            self.buyers >= self.min_buyers
            and self.repeat_buyers >= self.min_repeat_buyers
        )


def check_data_floor(
    buyers: int,
    repeat_buyers: int,
    min_buyers: int = MIN_BUYERS,
    min_repeat_buyers: int = MIN_REPEAT_BUYERS,
) -> DataFloor:
    """Decide whether buyers are enough for a purchase model.

    :raises ValueError: if there are more repeat buyers than buyers

    >>> check_data_floor(99, 40).is_enough
    False
    """
    if not 0 <= repeat_buyers <= buyers:
        raise ValueError("Repeat buyers must be among the buyers.")
    return DataFloor(buyers, repeat_buyers, min_buyers, min_repeat_buyers)
