"""Dev mode: a house practises. Everything runs, nothing leaves the house, and nobody is charged."""


def leaves(mark: bool | None, house: bool) -> bool:
    """Whether what is ready to go out does go out: the one place where that is decided.

    `mark`: whether the order it is about was made in practice, None where it is about no order; `house`: whether the
    house practises. What is about an order follows its order, so that no switch in between changes what it is.
    """
    return not (house if mark is None else mark)


def practice_code(number: int) -> str:
    """What stands where a real payment has its reference; no provider has one like it."""
    return f"PRACTICE-{number}"
