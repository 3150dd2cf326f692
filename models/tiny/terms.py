"""What fills the slots of a pattern: each term can be written in Arabic and in English."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

ARABIC_INDIC = str.maketrans("0123456789,.", "٠١٢٣٤٥٦٧٨٩٬٫")


@dataclass(frozen=True)
class Style:
    """How one article writes numbers and quotations in Arabic."""

    indic_digits: bool
    separators: bool
    guillemets: bool

    def digits(self, western: str) -> str:
        """`western` ("12,500", "6.2") in the digits and separators of this style."""
        plain = western if self.separators else western.replace(",", "")
        return plain.translate(ARABIC_INDIC) if self.indic_digits else plain

    def quotes(self, text: str) -> str:
        """`text`, written with «», in the quotation marks of this style."""
        return text if self.guillemets else text.replace("«", '"').replace("»", '"')


class Term(Protocol):
    """A value of a slot. `form` is what stands behind the colon: `{killed:شخص}`."""

    def arabic(self, form: str, style: Style, /) -> str:
        """The term in Arabic."""

    def english(self, form: str, /) -> str:
        """The term in English."""


@dataclass(frozen=True)
class Noun:
    """The forms of a counted noun: after 100, after 11-99, after 3-10."""

    singular: str
    accusative: str
    plural: str

    def counted(self, number: int) -> str:
        last_two = number % 100
        if 3 <= last_two <= 10:
            return self.plural
        return self.accusative if last_two > 10 else self.singular


@dataclass(frozen=True)
class Number:
    """A whole number, at least 3; its form names a counted noun."""

    value: int
    nouns: dict[str, Noun]

    def arabic(self, form: str, style: Style) -> str:
        digits = style.digits(self.english(""))
        return f"{digits} {self.nouns[form].counted(self.value)}" if form else digits

    def english(self, _form: str) -> str:
        return f"{self.value:,}"


@dataclass(frozen=True)
class Numeral:
    """A number that takes no separators: a year, a magnitude."""

    text: str

    def arabic(self, _form: str, style: Style) -> str:
        return style.digits(self.text)

    def english(self, _form: str) -> str:
        return self.text


@dataclass(frozen=True)
class Date:
    """A day of a month, without the year."""

    day: int
    arabic_month: str
    english_month: str

    def arabic(self, _form: str, style: Style) -> str:
        return f"{style.digits(str(self.day))} {self.arabic_month}"

    def english(self, _form: str) -> str:
        return f"{self.english_month} {self.day}"


def _by_gender(form: str, feminine: bool) -> str:
    return form.split("|")[feminine]


@dataclass(frozen=True)
class Phrase:
    """A fixed expression; a form `قال|قالت` agrees with its gender."""

    in_arabic: str
    in_english: str
    feminine: bool = False

    def arabic(self, form: str, _style: Style) -> str:
        return _by_gender(form, self.feminine) if form else self.in_arabic

    def english(self, _form: str) -> str:
        return self.in_english


@dataclass(frozen=True)
class Person:
    """A given and a family name; the form `family` leaves the given name out."""

    given: Phrase
    family: Phrase

    def arabic(self, form: str, _style: Style) -> str:
        if "|" in form:
            return _by_gender(form, self.given.feminine)
        family = self.family.in_arabic
        return family if form == "family" else f"{self.given.in_arabic} {family}"

    def english(self, form: str) -> str:
        family = self.family.in_english
        return family if form == "family" else f"{self.given.in_english} {family}"
