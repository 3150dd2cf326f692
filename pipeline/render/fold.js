// Text as a search compares it: without case, accents, Arabic diacritics, tatweel and what cannot
// be seen; forms of one letter or digit as one. Letter by letter, so that what is found in the
// folded text can be shown in the text itself.

// Combining accents; Hebrew points; Arabic signs, diacritics, tatweel; joiners and direction marks.
const SILENT = /[\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061c\u0640\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed\u08d3-\u08ff\u00ad\u200b-\u200f\u2060]/g;
// Forms that compatibility decomposition (NFKD) leaves apart: Persian, Urdu and Egyptian habits.
const SAME = { "ٱ": "ا", "ى": "ي", "ی": "ي", "ې": "ي", "ک": "ك", "ہ": "ه", "ھ": "ه", "ة": "ه",
  "ß": "ss", "ς": "σ", "ı": "i", "’": "'", "‘": "'", "“": '"', "”": '"', "«": '"', "»": '"' };
const known = new Map();

function foldLetter(letter) {
  let folded = known.get(letter);
  if (folded === undefined) {
    const plain = letter.normalize("NFKD").toLowerCase().replace(SILENT, "");
    folded = Array.from(plain, (one) => SAME[one] ?? digit(one)).join("");
    known.set(letter, folded);
  }
  return folded;
}

// Arabic-Indic and Persian digits as Western ones; letters as they are.
function digit(letter) {
  const code = letter.codePointAt(0);
  if (code >= 0x660 && code <= 0x669) return String(code - 0x660);
  if (code >= 0x6f0 && code <= 0x6f9) return String(code - 0x6f0);
  return /\s/.test(letter) ? " " : letter;
}

function fold(text) {
  let folded = "";
  for (const letter of text) folded += foldLetter(letter);
  return folded;
}

// What somebody typed, as it is looked for: empty where nothing is left of it.
function foldQuery(text) {
  return fold(text).replace(/ +/g, " ").trim();
}

// Where a span of the folded text stands in the text itself, in UTF-16 units.
function unfolded(text, start, end) {
  let at = 0, unit = 0, from = -1;
  for (const letter of text) {
    const next = at + foldLetter(letter).length;
    if (from < 0 && next > start) from = unit;
    if (from >= 0 && at >= end) break;
    at = next;
    unit += letter.length;
  }
  return [from, unit];
}
