"""The parts of a .docx besides its text (ECMA-376, WordprocessingML): always the same ones."""

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"

_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml"

_CONTENT_TYPES = f"""{_HEAD}<Types xmlns="{_PACKAGE}/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Default Extension="xml" ContentType="application/xml"/>
<Override PartName="/word/document.xml" ContentType="{_MAIN}.document.main+xml"/>
<Override PartName="/word/styles.xml" ContentType="{_MAIN}.styles+xml"/>
<Override PartName="/word/settings.xml" ContentType="{_MAIN}.settings+xml"/>
<Override PartName="/docProps/core.xml" \
ContentType="application/vnd.openxmlformats-package.core-properties+xml"/>
</Types>
"""
_PARTS = f"""{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">
<Relationship Id="r1" Type="{_OFFICE}/officeDocument" Target="word/document.xml"/>
<Relationship Id="r2" Type="{_PACKAGE}/relationships/metadata/core-properties" \
Target="docProps/core.xml"/>
</Relationships>
"""
_PARTS_OF_TEXT = f"""{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">
<Relationship Id="r1" Type="{_OFFICE}/styles" Target="styles.xml"/>
<Relationship Id="r2" Type="{_OFFICE}/settings" Target="settings.xml"/>
</Relationships>
"""
# Without this, Word takes the file for one of 2007 and says so above it.
_SETTINGS = f"""{_HEAD}<w:settings xmlns:w="{WORD}"><w:compat><w:compatSetting \
w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat>\
</w:settings>
"""


def _style(name: str, title: str, paragraph: str, run: str, based: str = "Normal") -> str:
    return (
        f'<w:style w:type="paragraph" w:styleId="{name}"><w:name w:val="{title}"/>'
        f'<w:basedOn w:val="{based}"/><w:qFormat/>'
        f"<w:pPr>{paragraph}</w:pPr><w:rPr>{run}</w:rPr></w:style>\n"
    )


def _size(half_points: int) -> str:
    """Of letters: of most scripts, and of Arabic and its like, which look smaller."""
    return f'<w:sz w:val="{half_points}"/><w:szCs w:val="{half_points * 7 // 6}"/>'


_BOLD = "<w:b/><w:bCs/>"
_GREY, _BLUE = '<w:color w:val="595959"/>', '<w:color w:val="1F3864"/>'
_AFTER = '<w:spacing w:before="0" w:after="{}"/>'
_HEADING = '<w:keepNext/><w:spacing w:before="240" w:after="80"/><w:outlineLvl w:val="0"/>'

_STYLES = f"""{_HEAD}<w:styles xmlns:w="{WORD}">
<w:docDefaults><w:rPrDefault><w:rPr>\
<w:rFonts w:ascii="Calibri" w:hAnsi="Calibri" w:eastAsia="Calibri" w:cs="Arial"/>{_size(21)}\
<w:lang w:val="en" w:eastAsia="zh" w:bidi="ar"/></w:rPr></w:rPrDefault>\
<w:pPrDefault/></w:docDefaults>
<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/><w:qFormat/>\
<w:pPr>{_AFTER.format(60)}</w:pPr></w:style>
{_style("Title", "Title", "<w:keepNext/>" + _AFTER.format(60), _BOLD + _BLUE + _size(32))}\
{_style("Subtitle", "Subtitle", _AFTER.format(120), _GREY)}\
{_style("Heading1", "heading 1", _HEADING, _BOLD + _BLUE + _size(26))}\
{_style("Cell", "Cell", _AFTER.format(20), "")}\
{_style("CellHeading", "Cell Heading", _AFTER.format(20), _BOLD + _BLUE, "Cell")}\
{_style("Number", "Number", _AFTER.format(20), _GREY + _size(16), "Cell")}\
{_style("Flag", "Flag", _AFTER.format(20), '<w:color w:val="9C4A00"/>' + _size(16), "Cell")}\
{_style("Note", "Note", _AFTER.format(20), _GREY + _size(16), "Cell")}\
</w:styles>
"""

FIXED = {
    "[Content_Types].xml": _CONTENT_TYPES,
    "_rels/.rels": _PARTS,
    "word/_rels/document.xml.rels": _PARTS_OF_TEXT,
    "word/settings.xml": _SETTINGS,
    "word/styles.xml": _STYLES,
}
"""By name."""

CORE = f"""{_HEAD}<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties" \
xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>{{title}}</dc:title>\
<dc:creator>khulasa</dc:creator><dc:language>en</dc:language></cp:coreProperties>
"""
BEGIN = f'{_HEAD}<w:document xmlns:w="{WORD}"><w:body>\n'
END = """\
<w:sectPr><w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1021" w:right="1021" w:bottom="1021" \
w:left="1021" w:header="567" w:footer="567" w:gutter="0"/></w:sectPr></w:body></w:document>
"""

_LINES = "".join(
    f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="BFBFBF"/>'
    for side in ("top", "bottom", "insideH")
)
WIDTHS = (624, 4620, 4620)
TABLE = (
    '<w:tbl><w:tblPr><w:tblW w:w="{}" w:type="dxa"/><w:tblBorders>{}</w:tblBorders>'
    '<w:tblLayout w:type="fixed"/></w:tblPr><w:tblGrid>{}</w:tblGrid>\n'
).format(sum(WIDTHS), _LINES, "".join(f'<w:gridCol w:w="{width}"/>' for width in WIDTHS))
"""Where it begins: a column for the numbers, one for the source, one for English."""
JOINT = (
    '<w:p><w:pPr><w:spacing w:before="0" w:after="0" w:line="20" w:lineRule="exact"/></w:pPr>'
    "</w:p>\n"
)
"""Between two tables, which would be one without."""
