// Text as a search compares it: without case, accents, Arabic diacritics, tatweel and what cannot
// be seen; forms of one letter or digit as one.

// Combining accents; Hebrew points; Arabic signs, diacritics, tatweel; joiners and direction marks.
const SILENT = /[\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061c\u0640\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed\u08d3-\u08ff\u00ad\u200b-\u200f\u2060]/g;
// Forms that compatibility decomposition (NFKD) leaves apart: Persian, Urdu and Egyptian habits.
const SAME = { "ٱ": "ا", "ى": "ي", "ی": "ي", "ې": "ي", "ک": "ك", "ہ": "ه", "ھ": "ه", "ة": "ه",
  "ß": "ss", "ς": "σ", "ı": "i", "’": "'", "‘": "'", "“": '"', "”": '"', "«": '"', "»": '"' };
for (let digit = 0; digit < 10; digit += 1) {
  SAME[String.fromCodePoint(0x660 + digit)] = SAME[String.fromCodePoint(0x6f0 + digit)] = `${digit}`;
}
const OTHERS = new RegExp(`[${Object.keys(SAME).join("")}]`, "g");

const ASCII = /^[ -~]*$/;

function fold(text) {
  if (ASCII.test(text)) return text.toLowerCase(); // of English nearly all, and twenty times as fast
  const plain = text.normalize("NFKD").toLowerCase().replace(SILENT, "");
  return plain.replace(OTHERS, (letter) => SAME[letter]).replace(/\s/g, " ");
}

// What somebody typed, as it is looked for: empty where nothing is left of it.
function foldQuery(text) {
  return fold(text).replace(/ +/g, " ").trim();
}

// Where a span of the folded text stands in the text itself, in UTF-16 units.
function unfolded(text, start, end) {
  let at = 0, unit = 0, from = -1;
  for (const letter of text) {
    const next = at + fold(letter).length;
    if (from < 0 && next > start) from = unit;
    if (from >= 0 && at >= end) break;
    at = next;
    unit += letter.length;
  }
  return [from, unit];
}
