"""Numbers of a text broken on purpose, one at a time, as a bad translation breaks them.

What a number is here is told apart from the product's own reading: digits with points and commas
between them. Every function gives the broken text, or None where there is nothing to break.
"""

import random
import re

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
# `12.00 GMT` is a clock time: without its point it is the same.
_DECIMAL = re.compile(r"(?<![\d.,])(\d+)\.(\d+)(?![.,]?\d| ?(?:[AaPp]\.?m\b|GMT\b|UTC\b))")


def digit_changed(text: str, rng: random.Random) -> str | None:
    """One digit of one number is another one: `1,240` → `1,270`. The first does not become 0."""
    places = [place.start() for place in re.finditer(r"\d", text)]
    if not places:
        return None
    place = rng.choice(places)
    first = place == 0 or not text[place - 1].isdigit()
    others = [digit for digit in "0123456789" if int(digit) != int(text[place])]
    digit = rng.choice([other for other in others if not (first and other == "0")])
    return text[:place] + digit + text[place + 1 :]


def number_dropped(text: str, rng: random.Random) -> str | None:
    """One number is gone: `5,300 people` → `people`. What is glued to it stays."""
    numbers = list(_NUMBER.finditer(text))
    if not numbers:
        return None
    number = rng.choice(numbers)
    return " ".join((text[: number.start()] + text[number.end() :]).split())


def decimal_moved(text: str, rng: random.Random) -> str | None:
    """One decimal point is gone or stands one digit to the left: `1.5` → `15`, `0.15`."""
    numbers = list(_DECIMAL.finditer(text))
    if not numbers:
        return None
    number = rng.choice(numbers)
    whole, rest = number.groups()
    moved = rng.choice([f"{whole}{rest}", f"{whole[:-1] or '0'}.{whole[-1]}{rest}"])
    return text[: number.start()] + moved + text[number.end() :]


def numbers_swapped(text: str, rng: random.Random) -> str | None:
    """Two numbers that differ change places."""
    numbers = list(_NUMBER.finditer(text))
    pairs = [
        (left, right)
        for index, left in enumerate(numbers)
        for right in numbers[index + 1 :]
        if left.group() != right.group()
    ]
    if not pairs:
        return None
    left, right = rng.choice(pairs)
    between = text[left.end() : right.start()]
    swapped = right.group() + between + left.group()
    return text[: left.start()] + swapped + text[right.end() :]
