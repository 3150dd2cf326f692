"""What sources on the command line are taken for: in order, nothing twice, nothing unsaid."""

import os
from pathlib import Path

import pytest

from models.errors import KhulasaError
from pipeline.document import Failure
from pipeline.files import File, find
from pipeline.readers.content import Unreadable

TREE = (
    "b/2.txt",
    "b/10.md",
    "b/c/deep.jsonl.gz",
    "b.txt",
    "a.CSV",
    "picture.png",
    "notes",
    "b/.hidden.txt",
    ".git/HEAD.txt",
    "z.parquet",
    "b-1.tsv.zst",
)


@pytest.fixture(name="tree")
def _tree(tmp_path: Path) -> Path:
    for name in TREE:
        path = tmp_path / "news" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x" * len(name))
    return tmp_path / "news"


def identities(*sources: str, without: Path | None = None) -> list[str]:
    return [one.identity for one in find(sources, without).files if isinstance(one, File)]


def test_a_folder_gives_its_files_in_the_order_of_their_names(tree: Path) -> None:
    found = find([str(tree)])
    assert found.files == [
        File(str(tree / "a.CSV"), "a", "csv", 5),
        File(str(tree / "b" / "10.md"), "b/10", "document", 7),
        File(str(tree / "b" / "2.txt"), "b/2", "document", 7),
        File(str(tree / "b" / "c" / "deep.jsonl.gz"), "b/c/deep", "jsonl", 17),
        File(str(tree / "b-1.tsv.zst"), "b-1", "csv", 11),
        File(str(tree / "b.txt"), "b", "document", 5),
        File(str(tree / "z.parquet"), "z", "parquet", 9),
    ]
    assert found.ignored == 2  # picture.png and notes


def test_a_file_that_is_named_has_the_id_of_its_stem(tree: Path) -> None:
    assert identities(str(tree / "b" / "c" / "deep.jsonl.gz"), "-") == ["deep", "stdin"]
    assert identities(str(tree / "b" / ".hidden.txt")) == [".hidden"]


@pytest.mark.parametrize(
    ("pattern", "expected", "ignored"),
    [
        ("*.txt", ["b"], 0),
        ("b/*", ["10", "2"], 0),
        ("*", ["a", "b-1", "b", "z"], 2),
        ("**/*.txt", ["b/2", "b"], 0),
        ("**/*.jsonl*", ["b/c/deep"], 0),
        ("**", ["a", "b/10", "b/2", "b/c/deep", "b-1", "b", "z"], 2),
        ("[ab].*", ["a", "b"], 0),
        ("?/.h*", ["b/.hidden"], 0),
    ],
)
def test_patterns(tree: Path, pattern: str, expected: list[str], ignored: int) -> None:
    found = find([str(tree / pattern)])
    assert [one.identity for one in found.files if isinstance(one, File)] == expected
    assert found.ignored == ignored


def test_ids_begin_where_a_pattern_does(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tree.parent)
    assert identities("news/b/*.txt") == ["2"]
    assert identities("*/b/*.txt") == ["news/b/2"]
    assert identities("n*/../news/b.txt") == ["news/../news/b"]
    assert identities(".") == ["news/" + one for one in identities("news")]


def test_a_file_with_a_wildcard_in_its_name_is_that_file(tmp_path: Path) -> None:
    for name in ("a[1].txt", "a1.txt"):
        (tmp_path / name).write_text("x")
    assert identities(str(tmp_path / "a[1].txt")) == ["a[1]"]
    (tmp_path / "a[1].txt").unlink()
    assert identities(str(tmp_path / "a[1].txt")) == ["a1"]


def test_the_folder_of_the_results_is_not_read(tree: Path) -> None:
    rest = ["a", "b-1", "b", "z"]
    assert identities(str(tree), without=tree / "b") == rest
    assert identities(str(tree / "**"), without=tree / "b") == rest
    assert identities(str(tree / "b"), without=tree) == ["10", "2", "c/deep"]
    assert identities(str(tree / "b" / "*"), without=tree) == ["10", "2"]
    assert identities(str(tree / "b" / "2.txt"), without=tree / "b") == ["2"]


def test_links_are_followed_to_files_within_the_folder_only(tree: Path, tmp_path: Path) -> None:
    (tmp_path / "outside.txt").write_text("x")
    (tree / "b" / "loop").symlink_to(tree)
    (tree / "b" / "self.d").symlink_to("self.d")
    (tree / "leaves.txt").symlink_to(tmp_path / "outside.txt")
    (tree / "stays.txt").symlink_to(tree / "b" / "2.txt")
    (tree / "lost.txt").symlink_to(tree / "gone.txt")
    (tree / "round.txt").symlink_to("round.txt")
    for source in (str(tree), str(tree / "**")):
        found = find([source])
        files = [one.identity for one in found.files if isinstance(one, File)]
        failures = [one for one in found.files if isinstance(one, Failure)]
        assert files == ["a", "b/10", "b/2", "b/c/deep", "b-1", "b", "stays", "z"]
        assert [str(one) for one in failures] == [
            f"{tree / 'lost.txt'}: is a link to nothing",
            f"{tree / 'round.txt'}: is a link to nothing",
        ]
    assert find([str(tree)]).ignored == 5  # as above, loop, self.d and leaves.txt
    assert identities(str(tree / "leaves.txt")) == ["leaves"]  # named: wanted


def test_what_is_no_regular_file_is_not_opened(tree: Path) -> None:
    os.mkfifo(tree / "b" / "pipe.txt")
    assert "b/pipe" not in identities(str(tree))
    assert find([str(tree)]).ignored == 3
    with pytest.raises(Unreadable, match=r"pipe\.txt: is neither a file nor a folder$"):
        find([str(tree / "b" / "pipe.txt")])


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("gone.txt", "gone.txt: no such file or directory"),
        (
            "gone*.txt",
            "gone*.txt: holds no file that can be read: no .txt, .md, .markdown, ",
        ),
        ("empty", "empty: holds no file that can be read: no .txt, "),
        ("news/*.png", "news/*.png: holds no file that can be read: no .txt, "),
        ("news/picture.png", "news/picture.png: is of no known kind: .txt, .md, "),
        ("news/**x/a", "news/**x/a: "),
        ("a\0b", "a\\x00b: embedded null byte"),
        ("new\nline.txt", "new\\nline.txt: no such file or directory"),
        ("x" * 300, f"{'x' * 300}: file name too long"),
        ("", ": no such file or directory"),
    ],
)
def test_what_is_not_there_is_told_at_once(
    tree: Path, monkeypatch: pytest.MonkeyPatch, source: str, message: str
) -> None:
    (tree.parent / "empty").mkdir()
    monkeypatch.chdir(tree.parent)
    with pytest.raises(KhulasaError) as caught:
        find(["news", source])
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)


def test_standard_input_is_read_once() -> None:
    with pytest.raises(Unreadable, match=r"^-: standard input can be read only once$"):
        find(["-", "-"])


def test_names_that_are_not_unicode_can_be_printed(tmp_path: Path) -> None:
    raw = os.fsencode(tmp_path) + b"/caf\xe9\n.txt"
    with open(raw, "wb") as file:  # noqa: PTH123  a Path cannot be made of bytes
        file.write(b"x")
    (found,) = find([str(tmp_path)]).files
    assert isinstance(found, File)
    assert found.identity == "caf\\udce9\\n"
    assert found.name == f"{tmp_path}/caf\\udce9\\n.txt"
    assert Path(found.path).read_bytes() == b"x"
