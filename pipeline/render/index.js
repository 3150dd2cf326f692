// The list of a job's documents: search, filters, order, and a portion at a time.

const PORTION = 50; // documents that are shown at once
const SLICE = 1000; // documents made ready for the search before the page may answer again
const [HREF, ID, LANG, TITLE, ENGLISH, TIME, SEGMENTS, FLAGS, SUMMARY] = Array(9).keys();

const byId = (id) => document.getElementById(id);
const data = (id) => JSON.parse(byId(id).textContent);
const [input, language, flag, order, list, more, status] =
  ["search", "language", "flag", "order", "list", "more", "status"].map(byId);
const rows = data("documents");
const { languages, flags } = data("known");
byId("documents").remove(); // tens of megabytes that nobody needs twice

const attention = (name) => !flags[name]?.[1];
const languageName = (code) => languages[code]?.[0] ?? code;

// --- Made ready for the search, a slice at a time ---

let ready = 0;

function fit(row) {
  const names = [row[LANG], languageName(row[LANG]), ...Object.keys(row[FLAGS])];
  const texts = [row[TITLE], row[ENGLISH], row[ID], ...names, ...row[SUMMARY]];
  row.folded = texts.map(fold).join("\n");
}

function fitSlice() {
  for (const last = Math.min(ready + SLICE, rows.length); ready < last; ready += 1) fit(rows[ready]);
  if (ready < rows.length) setTimeout(fitSlice);
}

// --- What is looked for ---

let found = rows;
let shown = 0;

function chosen() {
  const words = foldQuery(input.value).split(" ").filter(Boolean);
  while (words.length && ready < rows.length) fit(rows[ready++]);
  return rows.filter((row) =>
    (!language.value || row[LANG] === language.value) &&
    (!flag.value || (flag.value === "*" ? row.weight > 0 : Object.hasOwn(row[FLAGS], flag.value))) &&
    words.every((word) => row.folded.includes(word)));
}

const compare = (one, other) => (one < other ? -1 : one > other ? 1 : 0);
const named = (row) => row[ENGLISH] || row[TITLE];
// What has no time stands last, whichever comes first.
const ORDERS = {
  title: (a, b) => compare(named(a).toLowerCase(), named(b).toLowerCase()),
  newest: (a, b) => compare(b[TIME], a[TIME]),
  oldest: (a, b) => compare(!a[TIME], !b[TIME]) || compare(a[TIME], b[TIME]),
  language: (a, b) => compare(languageName(a[LANG]), languageName(b[LANG])),
  flagged: (a, b) => b.weight - a.weight,
  longest: (a, b) => b[SEGMENTS] - a[SEGMENTS],
};

function look() {
  found = chosen();
  if (order.value) found.sort(ORDERS[order.value]);
  shown = 0;
  list.replaceChildren();
  showMore();
  remember();
}

// --- What is shown ---

function element(tag, words, about = {}) {
  const made = document.createElement(tag);
  made.textContent = words;
  for (const [name, value] of Object.entries(about)) made.setAttribute(name, value);
  return made;
}

function item(row) {
  const made = document.createElement("li");
  const source = { lang: row[LANG], dir: languages[row[LANG]]?.[1] ?? "auto" };
  const titles = element("div", "", { class: "titles" });
  const heading = element("h2", "", row[ENGLISH] ? {} : source);
  heading.append(element("a", named(row), { href: row[HREF] }));
  titles.append(heading);
  if (row[ENGLISH]) titles.append(element("p", row[TITLE], { class: "original", ...source }));
  made.append(titles);
  if (row[SUMMARY].length) made.append(element("p", row[SUMMARY][0], { class: "first" }));
  made.append(about(row));
  const names = Object.keys(row[FLAGS]).filter(attention);
  if (names.length) made.append(chips(row, names));
  return made;
}

function about(row) {
  const count = `${row[SEGMENTS].toLocaleString("en")} segment${row[SEGMENTS] === 1 ? "" : "s"}`;
  const line = element("p", "", { class: "about small soft" });
  const kind = Object.hasOwn(row[FLAGS], "extractive") ? "extractive summary" : "";
  const told = [languageName(row[LANG]), row[TIME], count, kind, row[ID]].filter(Boolean);
  told.forEach((words, at) => line.append(at ? " · " : "", element("bdi", words)));
  return line;
}

function chips(row, names) {
  const made = element("ul", "", { class: "chips", "aria-label": "Flags" });
  for (const name of names) {
    const times = row[FLAGS][name] > 1 ? ` × ${row[FLAGS][name]}` : "";
    made.append(element("li", `⚑ ${name}${times}`));
  }
  return made;
}

function showMore() {
  const portion = found.slice(shown, shown + PORTION);
  list.append(...portion.map(item));
  shown += portion.length;
  more.hidden = shown >= found.length;
  const [all, here, now] = [rows, found, shown].map((one) => (one.length ?? one).toLocaleString("en"));
  const of = found.length === rows.length ? "" : `of ${all} `;
  const rest = shown < found.length ? `, the first ${now} shown` : "";
  status.textContent = `${here} ${of}document${rows.length === 1 ? "" : "s"}${rest}`;
}

more.addEventListener("click", () => {
  const next = list.children.length;
  showMore();
  list.children[next]?.querySelector("a").focus(); // where a reader of the list goes on
});

// --- What is chosen stands in the address, so that a reader who comes back finds it again ---

const CHOICES = { q: input, language, flag, order };

function remember() {
  const set = Object.entries(CHOICES).filter(([, one]) => one.value);
  const hash = new URLSearchParams(set.map(([name, one]) => [name, one.value])).toString();
  history.replaceState(null, "", hash ? `#${hash}` : location.pathname);
}

function restore() {
  const asked = new URLSearchParams(location.hash.slice(1));
  for (const [name, one] of Object.entries(CHOICES)) one.value = asked.get(name) ?? "";
  for (const one of [language, flag, order]) if (one.selectedIndex < 0) one.value = "";
}

// --- The page as it opens ---

function options(select, counts, name) {
  const entries = [...counts].sort((a, b) => b[1] - a[1]);
  for (const [value, count] of entries) {
    const words = `${name(value)} (${count.toLocaleString("en")})`;
    select.append(element("option", words, { value }));
  }
}

function counted(values) {
  const counts = new Map();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}

for (const row of rows) {
  row.weight = 0;
  for (const [name, parts] of Object.entries(row[FLAGS])) if (attention(name)) row.weight += parts;
}
options(language, counted(rows.map((row) => row[LANG])), languageName);
const raised = counted(rows.flatMap((row) => Object.keys(row[FLAGS])));
options(flag, raised, (name) => name);
for (const name of raised.keys()) {
  byId("meanings").append(element("dt", name), element("dd", flags[name]?.[0] ?? "–"));
}
byId("legend").hidden = !raised.size;

let typing = 0;
input.addEventListener("input", () => {
  clearTimeout(typing);
  typing = setTimeout(look, 120);
});
for (const one of [language, flag, order]) one.addEventListener("change", look);
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && event.target === input) {
    input.value = "";
    look();
  } else if (event.key === "/" && !event.target.closest?.("input, select")) {
    event.preventDefault();
    input.select();
  }
});

document.querySelector(".tools").hidden = false;
restore();
look();
setTimeout(fitSlice);
