// Search in all that can be read on the page; what is found is painted by the browser, so that no
// element changes (CSS Custom Highlight API; where a browser lacks it, the row alone is marked).

const MOST_PAINTED = 2000; // matches; all are counted and can be gone to

class Search {
  #texts = null; // {node, row, folded} of every text, made when somebody first searches
  #matches = [];
  #at = -1;

  // Find what was typed in the texts whose row is not hidden.
  find(typed, hidden) {
    const query = foldQuery(typed);
    this.#matches = [];
    this.#at = -1;
    for (const text of query ? this.#all() : []) {
      if (text.row && hidden(text.row)) continue;
      let at = text.folded.indexOf(query);
      for (; at >= 0; at = text.folded.indexOf(query, at + query.length)) {
        this.#matches.push({ text, start: at, end: at + query.length });
      }
    }
    this.#paint("found", this.#matches.slice(0, MOST_PAINTED));
    this.#paint("found-now", []);
    return query !== "";
  }

  get count() {
    return this.#matches.length;
  }

  // Go that many matches on, round and round: {number, element} of the match that is met.
  go(steps) {
    if (!this.count) return null;
    const from = this.#at < 0 && steps < 0 ? 0 : this.#at;
    this.#at = (from + steps + this.count) % this.count;
    const match = this.#matches[this.#at];
    this.#paint("found-now", [match]);
    return { number: this.#at + 1, element: match.text.node.parentElement, row: match.text.row };
  }

  #all() {
    this.#texts ??= [...document.querySelectorAll(".text")]
      .filter((element) => element.firstChild)
      .map((element) => ({
        node: element.firstChild,
        row: element.closest(".row"),
        folded: fold(element.firstChild.data),
      }));
    return this.#texts;
  }

  #paint(name, matches) {
    if (!globalThis.CSS?.highlights) return;
    const ranges = matches.map(({ text, start, end }) => {
      const [from, to] = unfolded(text.node.data, start, end);
      return new StaticRange({
        startContainer: text.node, startOffset: from, endContainer: text.node, endOffset: to,
      });
    });
    CSS.highlights.set(name, new Highlight(...ranges));
  }
}
