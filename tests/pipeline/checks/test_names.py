"""Names of a sentence, and which of them a document lacks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.checks.names import Known, fold, read

ARTICLE = (
    "Scholfield to ride for the U.K.\n"
    "Nick Scholfield, who trained in France and Scotland, will ride Spring Heeled on Sept. 4.\n"
    "The United Nations praised Angela Merkel of Germany, the Centers for Disease Control said.\n"
    "The FBI and Iron Man met the Austrian minister Al-Jazari at MI5. It told us so in Krasnodar."
)


@pytest.mark.parametrize(
    ("sentence", "names"),
    [
        ("The minister met Nick Scholfield in Basra.", ["Nick", "Scholfield", "Basra"]),
        ("He works for MI5 and the BBC, says O'Neill.", ["MI5", "BBC", "O'Neill"]),
        ("Mr Smith met Dr. Oz and I'm glad.", ["Smith", "Oz"]),
        ("Obama's visit to the U.S. ended.", ["Obama's", "U.S"]),
        ("In the Jean-Luc Godard film", ["Jean", "Luc", "Godard"]),
        ("Nick Scholfield rides", ["Nick", "Scholfield"]),  # a capital follows
        ("Scholfield rides well, and Scholfield said so", ["Scholfield"]),  # rides may be a noun
        ("Scholfield said so", ["Scholfield"]),
        ("Jones is late", ["Jones"]),
        ("Officials said that nothing happened", []),
        ("Violence erupted there", []),
        ("However, the minister stayed there", []),
        ("Budget cuts are coming", []),
        ('He said: "Nothing is wrong here. Everything works"', []),
        ("MINISTER OPENS BRIDGE IN MOSUL", []),  # capitals tell nothing
        ("Minister Opens Bridge In Mosul", []),
        ("", []),
        ("17 % … 3", []),
    ],
)
def test_names_of_a_sentence(sentence: str, names: list[str]) -> None:
    assert [name.text for name in read(sentence)] == names


def test_a_name_knows_where_it_stands() -> None:
    (name,) = read("he went to Mosul.")
    assert (name.start, name.end, name.key) == (11, 16, "mosul")


@pytest.mark.parametrize(
    ("word", "key"),
    [
        ("Zürich's", "zurich"),
        ("Obama’s", "obama"),
        ("U.S.", "us"),
        ("Championships", "championship"),
        ("İzmir", "izmir"),
        ("Gas", "gas"),
    ],
)
def test_forms_of_a_name_have_a_key_in_common(word: str, key: str) -> None:
    assert fold(word) == key


@pytest.mark.parametrize(
    ("sentence", "unknown"),
    [
        ("Yesterday Nick Scholfield rode in the UK.", []),
        ("Scholfield's horse is in Britain.", []),  # the same place
        ("The French and the Scottish cheer a German.", []),  # people of its places
        ("The UN and the CDC met in September.", []),  # initials, months
        ("The Federal Bureau of Investigation came.", []),  # what an acronym stands for
        ("The film Ironman is about Jazari.", []),  # written in one, a part of a double name
        ("They ride in the US.", ["US"]),  # "us" is no country
        ("They ride in Austria.", []),
        ("They ride in Australia and Iraq with Culloty.", ["Australia", "Iraq", "Culloty"]),
        ("They ride at MI6 on Monday.", ["MI6", "Monday"]),
        ("Culloty said so.", ["Culloty"]),
        ("Rain was expected by all.", ["Rain"]),  # like a name, and the document lacks it
    ],
)
def test_names_that_the_document_lacks(sentence: str, unknown: list[str]) -> None:
    assert [name.text for name in Known(ARTICLE).unknown(sentence)] == unknown


@pytest.mark.parametrize(
    ("written", "known"),
    [
        ("Schofield", "Scholfield"),  # a letter is missing
        ("Krasnodra", "Krasnodar"),  # swapped
        ("Merkle", "Merkel"),
        ("Krasnoder", "Krasnodar"),
        ("Krasnoyarsk", ""),
        ("Nack", ""),  # too short to tell: Iran, Iraq
        ("Terkel", ""),  # another first letter
    ],
)
def test_a_slip_of_the_pen(written: str, known: str) -> None:
    (name,) = read(f"they met {written}")
    assert Known(ARTICLE).spelling(name) == known


@pytest.mark.parametrize(
    ("sentence", "mixed"),
    [
        ("There Nick Merkel spoke.", ["Nick Merkel"]),
        ("There Nick Scholfield met Angela Merkel.", []),
        ("There Nick's Merkel spoke.", []),
        ("There Nick, Merkel spoke.", []),
        ("There Nick Minister spoke.", []),  # the minister is no name of the document
        ("There Nick Culloty spoke.", []),  # which the document lacks anyway
    ],
)
def test_a_full_name_of_parts_that_do_not_belong_together(sentence: str, mixed: list[str]) -> None:
    assert Known(ARTICLE).mixed(sentence) == mixed


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_text_is_read_and_known_to_itself(text: str, other: str) -> None:
    assert Known(f"{other}\n{text}").unknown(text) == []
    for name in Known(other).unknown(text):
        assert text[name.start : name.end] == name.text
        Known(other).spelling(name)
    Known(other).mixed(text)
