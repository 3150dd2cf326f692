// What the reader page does beyond showing itself: evidence of the summary, search, filter, keys.
// Without this script all of the page can be read, and evidence is reached by its links.

const byId = (id) => document.getElementById(id);
const rows = [...document.querySelectorAll(".row")];
const claims = [...document.querySelectorAll(".claim")];
const [status, input, flagged, notes, keys] =
  ["status", "search", "flagged", "notes", "keys"].map(byId);

function say(words) {
  status.textContent = words;
}

// Nearest to where it is now, so that what is in sight does not move. Twice: rows out of sight
// have guessed heights (content-visibility) until they come near.
function reveal(element, block = "nearest") {
  element.scrollIntoView({ block });
  requestAnimationFrame(() => element.scrollIntoView({ block: "nearest" }));
}

// The part of the window where an element can be seen.
function pane(element) {
  const { top, bottom } = element.closest(".reading, .about").getBoundingClientRect();
  return { top: Math.max(0, top), bottom: Math.min(innerHeight, bottom) };
}

function inSight(element) {
  const { top, bottom } = element.getBoundingClientRect();
  const seen = pane(element);
  return top >= seen.top && bottom <= seen.bottom;
}

// --- Evidence: a sentence of the summary lights up the segments that support it ---

const evidence = new Map(claims.map((claim) => [claim, supporting(claim)]));
const supported = new Map(); // row → the sentences that it supports
for (const [claim, found] of evidence) {
  for (const row of found) supported.set(row, [...(supported.get(row) ?? []), claim]);
}
let pinned = null;
let lit = [];
let waiting = 0;

function supporting(claim) {
  return [...claim.querySelectorAll(".evidence a")].map((link) => byId(link.hash.slice(1)));
}

function light(elements) {
  for (const element of lit) element.classList.remove("lit");
  lit = elements;
  for (const element of lit) element.classList.add("lit");
}

function show(claim, row = null) {
  light([claim, ...evidence.get(claim)]);
  const wanted = row ?? evidence.get(claim).find(inSight) ?? evidence.get(claim)[0];
  if (wanted && !inSight(wanted)) reveal(wanted, "center");
}

function pin(claim, row = null) {
  pinned?.classList.remove("pinned");
  pinned = claim;
  if (!claim) return light([]);
  claim.classList.add("pinned");
  show(claim, row);
  const numbers = evidence.get(claim).map((one) => one.querySelector(".number").firstChild.data.trim());
  say(numbers.length ? `Evidence: segment ${numbers.join(", ")}` : "No evidence");
}

// Where the summary scrolls with the text, showing evidence would move it from under the pointer.
const apart = matchMedia("(min-width: 54rem) and (min-height: 34rem)");

for (const claim of claims) {
  claim.addEventListener("pointerenter", (event) => {
    if (pinned || event.pointerType === "touch") return;
    light([claim, ...evidence.get(claim)]);
    // After a moment: who only crosses the summary is not carried off.
    if (apart.matches) waiting = setTimeout(() => pinned || show(claim), 150);
  });
  claim.addEventListener("pointerleave", () => {
    clearTimeout(waiting);
    if (!pinned) light([]);
  });
  claim.addEventListener("focusin", (event) => {
    if (!pinned && event.target.matches(":focus-visible")) show(claim);
  });
  claim.addEventListener("focusout", () => pinned || light([]));
  claim.addEventListener("click", (event) => {
    if (event.target.closest(".mark") || !getSelection().isCollapsed) return;
    const link = event.target.closest(".evidence a");
    if (link) event.preventDefault();
    if (link) pin(claim, byId(link.hash.slice(1)));
    else pin(pinned === claim ? null : claim);
  });
}

// The other way round: a segment lights up the sentences of the summary that it supports.
for (const reading of document.querySelectorAll(".reading")) {
  const answer = (event) => {
    if (pinned) return;
    const row = event.target.closest(".row");
    light(row && event.type !== "pointerleave" ? (supported.get(row) ?? []) : []);
  };
  for (const type of ["pointerover", "pointerleave", "focusin"]) {
    reading.addEventListener(type, answer);
  }
}

// --- Marks: what one means opens above it where there is no room below ---

for (const type of ["pointerover", "focusin"]) {
  document.addEventListener(type, ({ target }) => {
    const mark = target.closest?.(".mark");
    if (!mark) return;
    const below = pane(mark).bottom - mark.getBoundingClientRect().bottom;
    mark.classList.toggle("up", below < mark.querySelector(".tip").scrollHeight + 20);
    mark.classList.remove("hushed");
  });
}

// --- Filter ---

function hidden(row) {
  return flagged.checked && !row.classList.contains(notes.checked ? "noted" : "attention");
}

function filter() {
  const left = rows.filter((row) => !hidden(row));
  say(`${left.length} of ${rows.length} segments`);
  find();
  const near = current && !hidden(current) ? current : left.find((row) => row.offsetTop >= 0);
  if (near) reveal(near);
}

// Notes are shown beside flags, never alone.
flagged.addEventListener("change", () => {
  notes.checked &&= flagged.checked;
  filter();
});
notes.addEventListener("change", () => {
  flagged.checked ||= notes.checked;
  filter();
});

// --- Search ---

const search = new Search();
let typing = 0;

function find() {
  const any = search.find(input.value, hidden);
  told(any ? (search.count ? `${search.count.toLocaleString("en")} found` : "not found") : "");
}

function told(words) {
  byId("matches").textContent = words;
  if (words) say(words);
}

function go(steps) {
  clearTimeout(typing);
  if (typing) find();
  typing = 0;
  const met = search.go(steps);
  if (!met) return;
  told(`${met.number.toLocaleString("en")} of ${search.count.toLocaleString("en")}`);
  for (const row of document.querySelectorAll(".met")) row.classList.remove("met");
  met.row?.classList.add("met");
  current = met.row ?? current;
  reveal(met.row ?? met.element, inSight(met.row ?? met.element) ? "nearest" : "center");
}

input.addEventListener("input", () => {
  clearTimeout(typing);
  typing = setTimeout(() => { typing = 0; find(); }, 120);
});
input.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.isComposing) go(event.shiftKey ? -1 : 1);
  if (event.key !== "Escape") return;
  input.value = "";
  find();
  document.querySelector(".met")?.classList.remove("met");
  input.blur();
});
byId("next").addEventListener("click", () => go(1));
byId("previous").addEventListener("click", () => go(-1));

// --- Keys ---

let current = null; // the segment that was last stepped to

function step(by) {
  const from = document.activeElement.closest(".row") ?? current;
  let at = from ? rows.indexOf(from) + by : rows.findIndex(inSight);
  while (rows[at] && hidden(rows[at])) at += by;
  if (!rows[at]) return;
  current = rows[at];
  current.focus({ preventScroll: true });
  reveal(current);
}

const ACTIONS = {
  j: () => step(1),
  ArrowDown: () => step(1),
  k: () => step(-1),
  ArrowUp: () => step(-1),
  "/": () => input.select(),
  f: () => flagged.click(),
  "?": () => keys.showModal(),
  Escape: letGo,
};

// Where the text alone scrolls it has these keys from the start.
const SCROLLING = ["PageDown", "PageUp", "Home", "End", " "];

function scrolls() {
  const texts = document.querySelectorAll(".reading");
  if (texts.length === 1 && document.activeElement === document.body) {
    texts[0].focus({ preventScroll: true });
  }
}

function letGo() {
  pin(null);
  document.querySelector(".mark:hover")?.classList.add("hushed");
  if (document.activeElement.matches(".mark")) document.activeElement.blur();
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || keys.open) return;
  if (SCROLLING.includes(event.key)) scrolls();
  const typed = event.target.matches("input:not([type=checkbox])");
  if (typed || !Object.hasOwn(ACTIONS, event.key)) return;
  if (event.key !== "Escape") event.preventDefault();
  ACTIONS[event.key]();
});
byId("help").addEventListener("click", () => keys.showModal());

// --- The page as it opens ---

const contents = document.querySelector(".contents");
if (contents) document.querySelector("main").prepend(contents); // written last, read first
for (const [id, marked] of [["flagged-count", ".attention"], ["notes-count", ".noted"]]) {
  byId(id).textContent = rows.filter((row) => row.matches(marked)).length.toLocaleString("en");
}
document.querySelector(".tools").hidden = false;
