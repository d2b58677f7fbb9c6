"""What a program prints, beside what its `#>` lines say that it prints."""

import re
from decimal import Decimal

OUTPUT = re.compile(r"^(?P<indent>[ \t]*)#>(?: (?P<text>.*))?$")
NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")


def expected_output(source: str) -> str:
    """What the `#>` lines of a program say that it prints."""
    found = (OUTPUT.match(line) for line in source.split("\n"))
    return "".join(f"{match['text'] or ''}\n" for match in found if match)


def outputs_match(expected: str, got: str) -> bool:
    """Whether a program printed what it should.

    Text and integers must be equal, up to space at the end of a line. A number with decimals may differ by half a unit
    of the last digit that `expected` shows.
    """
    expected_lines, got_lines = expected.splitlines(), got.splitlines()
    return len(expected_lines) == len(got_lines) and all(map(_line_matches, expected_lines, got_lines))


def _line_matches(expected: str, got: str) -> bool:
    expected, got = expected.rstrip(), got.rstrip()
    return NUMBER.split(expected) == NUMBER.split(got) and all(
        map(_number_matches, NUMBER.findall(expected), NUMBER.findall(got))
    )


def _number_matches(expected: str, got: str) -> bool:
    if expected == got:
        return True
    if _is_exact(expected) or _is_exact(got):
        return False
    unit = Decimal(1).scaleb(Decimal(expected).as_tuple().exponent)
    return abs(Decimal(expected) - Decimal(got)) <= unit / 2


def _is_exact(number: str) -> bool:
    """Integers, and floats such as `2.` that torch and numpy print when there is nothing after the point."""
    mantissa, _, exponent = number.lower().partition("e")
    return mantissa.endswith(".") or ("." not in mantissa and not exponent)
