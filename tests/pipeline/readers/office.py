"""A short bulletin in two languages, as real tools wrote it into files, and parts of such files."""

import io
import zipfile
from pathlib import Path

from pipeline.document import Block
from pipeline.readers import Content, Unreadable, reader

FILES = Path(__file__).parent / "files" / "office"

H1, H2, P, CELL = Block("heading", 1), Block("heading", 2), Block(), Block("cell")
ITEM, INNER = Block("item", 1), Block("item", 2)
BLOCKS = (H1, H1, P, P, H2, ITEM, ITEM, INNER, *[CELL] * 6, P)

BRIDGE = {
    "ar": (
        "جسر جديد في المدينة القديمة",
        "الافتتاح",
        "افتتح وزير النقل يوم الإثنين جسراً جديداً فوق النهر بعد أربعة عشر شهراً من العمل، وقال إن "
        "كلفته بلغت 3.5 مليون دينار دفعت الحكومة ثلثها. وأضاف الوزير أن الجسر سيخدم ستين ألف "
        "شخص كل يوم، وأن شركة Nahr Works ستتولى صيانته حتى عام 2031 على الأقل.",
        "ولم يحضر المحافظ الاحتفال (لأسباب صحية)، لكنه أرسل رسالة قصيرة قرأها نائبه. وقال سكان "
        "الحي إنهم انتظروا هذا اليوم طويلاً لأن الطريق القديم كان خطراً على الأطفال.",
        "ما الذي سيتغير",
        "حافلات كل عشر دقائق",
        "ممر للمشاة",
        "مضاء ليلاً",
        *("البند", "الكلفة", "الأعمدة", "١٢٠٠", "الإنارة", "٣٤٠"),
        "نشرت الرسالة في الصحيفة الرسمية.",
    ),
    "fr": (
        "Un pont pour la vieille ville",
        "L’ouverture",
        "La ministre des Transports a inauguré lundi un pont sur la rivière après quatorze mois de "
        "travaux, et elle a annoncé que le coût total atteignait 3,5 millions d’euros, dont un "
        "tiers payé par l’État. Elle a ajouté que soixante mille personnes l’emprunteraient chaque "
        "jour, et que la société Nahr Works en assurerait l’entretien jusqu’en 2031.",
        "Le préfet n’assistait pas à la cérémonie ; un court message a été lu par son adjointe. "
        "Les habitants disent avoir attendu longtemps, car l’ancienne route était dangereuse pour "
        "les enfants et pour les personnes âgées du quartier.",
        "Ce qui change",
        "un bus toutes les dix minutes",
        "un passage pour les piétons",
        "éclairé la nuit",
        *("Poste", "Coût", "Piliers", "1 200", "Éclairage", "340"),
        "Le message a paru au journal officiel.",
    ),
}
"""The lines of the bulletin; its kinds are BLOCKS."""


def only(ending: str, data: bytes) -> Content:
    """The one document in the bytes of a file."""
    (found,) = reader(ending)(io.BytesIO(data))
    assert isinstance(found, Content)
    return found


def lines(ending: str, data: bytes) -> list[tuple[str, str, int]]:
    """The lines of the one document, with the kind and level of each."""
    found = only(ending, data)
    pairs = zip(found.text.split("\n"), found.blocks, strict=True)
    return [(text, block.kind, block.level) for text, block in pairs]


def refusal(ending: str, data: bytes) -> str:
    """Why the bytes are no document."""
    try:
        only(ending, data)
    except Unreadable as error:
        return error.reason
    return "is read"


def packed(parts: dict[str, str | bytes]) -> bytes:
    """A zip file."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return out.getvalue()


WORD = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
)
OPEN = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for name in ("office", "text", "table", "style")
)


def docx(body: str, **more: str) -> bytes:
    """A Word file with this body; `more` are parts of the folder word."""
    parts: dict[str, str | bytes] = {
        "word/document.xml": f"<w:document {WORD}><w:body>{body}</w:body></w:document>"
    }
    return packed(parts | {f"word/{name}.xml": part for name, part in more.items()})


def odt(body: str, styles: str = "") -> bytes:
    """An OpenDocument text with this body."""
    return packed(
        {
            "mimetype": "application/vnd.oasis.opendocument.text",
            "content.xml": f"<office:document-content {OPEN}>{styles}<office:body><office:text>"
            f"{body}</office:text></office:body></office:document-content>",
        }
    )
