"use strict";
// The queues: filters, sorting, pages, and explanations. Everything else stands without this.
(async () => {
  const island = document.getElementById("data");
  if (!island || !("DecompressionStream" in window)) return;
  const packed = Uint8Array.from(atob(island.textContent), (one) => one.charCodeAt(0));
  const unpacked = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
  const { words, queues, explanations, texts } = JSON.parse(await new Response(unpacked).text());
  const PAGE = 100;
  const STATES = texts.states;
  const OPEN = STATES.length - 1;
  const count = (number) => number.toLocaleString("en-US");
  const wordsOf = (kind) => words[kind] || [];

  // Text is only ever set as text, so nothing in the data can become markup.
  function make(tag, attributes, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes || {})) {
      if (name === "class") element.className = value;
      else if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
      else if (value === true) element.setAttribute(name, "");
      else if (value !== false && value !== null) element.setAttribute(name, value);
    }
    element.append(...children.filter((child) => child !== null));
    return element;
  }

  function day(iso, length = "long") {
    if (!/^\d{4}-\d\d-\d\d$/.test(iso)) return iso;
    const [year, month, date] = iso.split("-").map(Number);
    const options = { year: "numeric", month: length, day: "numeric", timeZone: "UTC" };
    return new Date(Date.UTC(year, month - 1, date)).toLocaleDateString("en-US", options);
  }

  const named = (kind, number) => (number < 0 ? "not known" : wordsOf(kind)[number][1]);
  const numberOf = (kind, word) => (word === "" ? -1 : wordsOf(kind).findIndex((entry) => entry[0] === word));
  const numbersOf = (kind, names) => names.split(" ").map((name) => numberOf(kind, name));
  const marked = (entry) => entry[1] + (entry[entry.length - 1] === true ? ` ${texts.mark}` : "");

  // For each key that a link can ask for, whether a row is wanted.
  const WANTED = {
    state: (c, value) => (row) => c.state[row] === Number(value),
    review: (c) => (row) => c.review[row].length > 0,
    reason: (c, value) => { const n = numberOf("criterion", value); return (row) => c.reason[row].includes(n); },
    open: (c, value) => { const n = numberOf("fact", value); return (row) => c.state[row] === OPEN && c.settles[row].includes(n); },
    any: (c, value) => { const facts = numbersOf("fact", value); return (row) => c.state[row] === OPEN && c.settles[row].some((n) => facts.includes(n)); },
    // The last fact reaches the case, and none before it does.
    further: (c, value) => { const facts = numbersOf("fact", value); const last = facts.pop(); return (row) => c.state[row] === OPEN && c.settles[row].includes(last) && !c.settles[row].some((n) => facts.includes(n)); },
    later: (c, value) => (row) => c.on[row] > value,
    decided: (c, value) => { const n = numberOf("fact", value); return (row) => c.state[row] !== OPEN && c.settles[row].includes(n); },
    month: (c, value) => { const [month, to] = value.split(" "); return (row) => c.on[row].startsWith(month) && wordsOf("to")[c.to[row]] === to; },
  };
  WANTED.check = (c, value) => { const found = new Set(wordsOf("check").flatMap((entry, n) => (entry[0] === value ? [n] : []))); return (row) => c.check[row].some((n) => found.has(n)); };
  for (const kind of ["court", "custody", "age", "representation", "calendar", "was", "mark", "form"]) {
    WANTED[kind] = (c, value) => { const n = numberOf(kind, value); return (row) => c[kind][row] === n; };
  }
  for (const [key, kind] of [["why", "why"], ["conflict", "conflict"], ["warning", "warning"], ["cause", "cause"], ["gained", "criterion"], ["lost", "lost"]]) {
    WANTED[key] = (c, value) => { const n = numberOf(kind, value); return (row) => c[key][row].includes(n); };
  }
  const text = (kind, value) => (wordsOf(kind).find((entry) => entry[0] === value) || ["", value])[1];
  const IN_WORDS = {
    reason: (value) => text("criterion", value),
    state: (value) => STATES[value],
    any: (value) => `one answer on ${value.split(" ").map((name) => text("fact", name)).join(", or on ")} could settle it`,
    further: (value) => `one answer on ${text("fact", value.split(" ").pop())} could settle it, and none asked for before`,
    later: (value) => `changes after ${day(value)}`,
    why: (value) => `needs review: ${text("why", value)}`,
    conflict: (value) => text("conflict", value),
    warning: (value) => `couldn't be read: ${text("warning", value)}`,
    cause: (value) => `cause: ${text("cause", value)}`,
    gained: (value) => `reason gained: ${text("criterion", value)}`,
    lost: (value) => `reason lost: ${text("lost", value)}`,
  };
  function inWords(key, value) {
    if (key in IN_WORDS) return IN_WORDS[key](value);
    if (key === "open" || key === "decided") return `one answer on ${(wordsOf("fact").find((entry) => entry[0] === value) || ["", value])[1]} could settle it`;
    if (key === "check") return `presumed until checked: ${(wordsOf("check").find((entry) => entry[0] === value) || ["", value])[1]}`;
    if (key === "month") { const [month, to] = value.split(" "); return `changes to ${to} in ${month}`; }
    const name = named(key, numberOf(key, value));
    return { was: `was ${name} before`, form: name }[key] || `${key}: ${name}`;
  }

  class Queue {
    constructor(section) {
      this.section = section;
      this.route = section.dataset.route;
      this.c = queues[this.route].columns;
      this.total = queues[this.route].total;
      this.size = this.c.id.length;
      this.body = section.querySelector("tbody");
      this.tools = section.querySelector(".tools");
      this.pager = section.querySelector(".pager");
      this.sort = null;
      this.page = 0;
      this.wanted = null;
      this.searched = [];
      if (!this.body) return;
      this.makeTools();
      this.makeHeads();
      this.show();
    }

    makeTools() {
      const again = () => { this.page = 0; this.show(); };
      const select = (title, key, options) => {
        const control = make("select", { onchange: again, "data-key": key }, make("option", { value: "" }, "all"));
        for (const [value, label] of options) control.append(make("option", { value }, label));
        return [control, make("label", {}, title, control)];
      };
      const present = (column) => new Set(this.c[column].flat());
      const options = (kind, column) => {
        const there = present(column);
        const found = wordsOf(kind).map((entry, number) => [number, entry[1]]).filter(([number]) => there.has(number));
        found.sort((one, other) => one[1].localeCompare(other[1], "en", { numeric: true }));
        return there.has(-1) ? [...found, [-1, "not known"]] : found;
      };
      let timer = 0;
      const later = () => { clearTimeout(timer); timer = setTimeout(again, 120); };
      this.search = make("input", { type: "search", oninput: later, placeholder: "case, court, reason, question" });
      const [court, courtLabel] = select("Court", "court", options("court", "court"));
      const [reason, reasonLabel] = select("Reason", "reason", options("criterion", "reason"));
      const [mark, markLabel] = select("Waiting", "mark", options("mark", "mark"));
      const held = present("state");
      const states = STATES.map((text, number) => [number, text]).filter(([number]) => held.has(number));
      const [state, stateLabel] = select("How firm", "state", states);
      this.review = make("input", { type: "checkbox", onchange: again });
      this.chip = make("button", { type: "button", hidden: true, onclick: () => { this.wanted = null; again(); } });
      this.found = make("p", { class: "found", role: "status" });
      const clear = make("button", { type: "button", onclick: () => { this.want("", ""); } }, "Clear");
      Object.assign(this, { court, reason, state, mark });
      markLabel.hidden = !wordsOf("mark").length;
      this.tools.append(make("label", {}, "Search", this.search), courtLabel, reasonLabel, stateLabel, markLabel,
        make("label", { class: "row" }, this.review, "needs review only"), this.chip, clear, this.found);
      this.tools.hidden = false;
    }

    makeHeads() {
      for (const head of this.section.querySelectorAll("thead th")) {
        const button = make("button", { type: "button", onclick: () => this.sortBy(head) }, head.textContent);
        head.replaceChildren(button);
      }
    }

    sortBy(head) {
      const key = head.dataset.key;
      const down = this.sort && this.sort.key === key ? !this.sort.down : false;
      this.sort = { key, down };
      for (const other of this.section.querySelectorAll("thead th")) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      this.page = 0;
      this.show();
    }

    // What a row is sorted by, and its text.
    value(row, key) {
      const c = this.c;
      switch (key) {
        case "id": return c.id[row];
        case "court": return named("court", c.court[row]);
        case "state": return c.state[row];
        case "score": return c.low[row];
        case "reason": return c.reason[row].map((n) => marked(wordsOf("criterion")[n])).join("; ");
        case "ask": return c.ask[row].map((n) => marked(wordsOf("fact")[n])).join("; ");
        case "hearing": return c.hearing[row];
        default: return c.on[row];
      }
    }

    text(row) {
      if (this.searched[row] === undefined) {
        const parts = ["id", "court", "reason", "ask"].map((key) => this.value(row, key));
        this.searched[row] = [...parts, STATES[this.c.state[row]]].join(" ").toLowerCase();
      }
      return this.searched[row];
    }

    rows() {
      const tests = [];
      const c = this.c;
      if (this.court.value) { const n = Number(this.court.value); tests.push((row) => c.court[row] === n); }
      if (this.reason.value) { const n = Number(this.reason.value); tests.push((row) => c.reason[row].includes(n)); }
      if (this.state.value) tests.push(WANTED.state(c, this.state.value));
      if (this.mark.value) { const n = Number(this.mark.value); tests.push((row) => c.mark[row] === n); }
      if (this.review.checked) tests.push(WANTED.review(c));
      if (this.wanted) tests.push(WANTED[this.wanted[0]](c, this.wanted[1]));
      for (const word of this.search.value.toLowerCase().split(/\s+/)) {
        if (word) tests.push((row) => this.text(row).includes(word));
      }
      const found = [];
      for (let row = 0; row < this.size; row += 1) if (tests.every((test) => test(row))) found.push(row);
      if (this.sort) {
        const { key, down } = this.sort;
        const keys = new Map(found.map((row) => [row, this.value(row, key)]));
        const compare = (one, other) => {
          const [a, b] = [keys.get(one), keys.get(other)];
          // What is missing comes last either way.
          if (a === "" || b === "") return (a === "") - (b === "");
          const order = typeof a === "number" ? a - b : a < b ? -1 : a > b ? 1 : 0;
          return down ? -order : order;
        };
        found.sort(compare);
      }
      return found;
    }

    show() {
      const found = this.rows();
      const last = Math.max(0, Math.ceil(found.length / PAGE) - 1);
      this.page = Math.min(this.page, last);
      const first = this.page * PAGE;
      const here = found.slice(first, first + PAGE);
      this.body.replaceChildren(...here.map((row) => this.line(row)));
      this.chip.hidden = !this.wanted;
      this.chip.textContent = this.wanted ? `${inWords(...this.wanted)} ×` : "";
      const held = this.total > this.size ? ` on this page, of ${count(this.total)} in all` : "";
      this.found.textContent = found.length === this.size ? `${count(this.size)} cases${held}` : `${count(found.length)} of ${count(this.size)} cases${held}`;
      const go = (page, text, disabled) => make("button", { type: "button", disabled, onclick: () => this.go(page) }, text);
      this.pager.hidden = found.length <= PAGE;
      this.pager.replaceChildren(
        go(this.page - 1, "Previous", this.page === 0), go(this.page + 1, "Next", this.page === last),
        make("span", {}, `${count(first + 1)} to ${count(first + here.length)} of ${count(found.length)}`));
    }

    go(page) {
      this.page = page;
      this.show();
      this.section.scrollIntoView();
      this.section.focus({ preventScroll: true });
    }

    line(row) {
      const c = this.c;
      const detail = `detail-${this.route}-${row}`;
      const open = make("button", { type: "button", class: "open", "aria-expanded": "false" }, c.id[row]);
      const firm = make("span", { class: "state" }, make("span", { class: `swatch s${c.state[row]}` }), STATES[c.state[row]]);
      const state = make("td", {}, firm);
      if (c.review[row].length) state.append(make("span", { class: "flag" }, "review"));
      if (c.mark[row] >= 0) state.append(make("span", { class: "flag mark" }, named("mark", c.mark[row])));
      const low = c.low[row], high = c.high[row];
      const line = make("tr", {}, make("th", { scope: "row" }, open),
        make("td", {}, this.value(row, "court")), state,
        make("td", { class: "score" }, low === high ? `${low}` : `${low} to ${high}`),
        make("td", {}, this.value(row, "reason")), make("td", {}, this.value(row, "ask")),
        make("td", {}, make("span", { class: "day" }, day(c.hearing[row], "short"))),
        make("td", {}, c.on[row] ? `${wordsOf("to")[c.to[row]]} on ${day(c.on[row], "short")}` : ""));
      open.addEventListener("click", () => {
        const isOpen = open.getAttribute("aria-expanded") === "true";
        open.setAttribute("aria-expanded", String(!isOpen));
        if (isOpen) { line.nextElementSibling.remove(); open.removeAttribute("aria-controls"); return; }
        open.setAttribute("aria-controls", detail);
        line.after(make("tr", { class: "detail", id: detail }, make("td", { colspan: "8" }, ...this.detail(row))));
      });
      return line;
    }

    detail(row) {
      const c = this.c;
      const form = c.form[row] < 0 ? "" : `: ${named("form", c.form[row])}`;
      const parts = [make("p", { class: "outcome" }, `${this.route.toUpperCase()}${form}`)];
      if (c.was[row] >= 0) parts.push(make("p", {}, `It was ${named("was", c.was[row])} before.`));
      const explanation = explanations[this.route][row];
      if (explanation) {
        const [settled, sections] = explanation;
        parts.push(...settled.map((text) => make("p", {}, text)));
        for (const [heading, items] of sections) {
          parts.push(make("h4", {}, heading));
          parts.push(...items.map(([level, text]) => make("p", level ? { class: "under" } : {}, text)));
        }
      } else {
        const list = (heading, found) => { if (found.length) parts.push(make("h4", {}, heading), ...found.map((text) => make("p", {}, text))); };
        parts.push(make("p", {}, texts.settled[c.state[row]]));
        list("Needs human review", c.review[row].map((n) => wordsOf("review")[n]));
        list("Why", c.reason[row].map((n) => { const [, name, citation, secret] = wordsOf("criterion")[n]; return `${name}${secret ? ` ${texts.mark}` : ""} (${citation})`; }));
        list("Conflicts in the record", c.conflict[row].map((n) => wordsOf("conflict")[n][1]));
        const checks = c.check[row].map((n) => { const [, text, secret] = wordsOf("check")[n]; return text + (secret ? ` ${texts.mark}` : ""); });
        if (checks.length) list("To check before anybody acts: presumed", [`${checks.join("; ")}.`]);
        list("What to ask next", c.ask[row].map((n) => { const [, , question, secret] = wordsOf("fact")[n]; return question + (secret ? ` ${texts.mark}` : ""); }));
        if (c.asked[row] > c.ask[row].length) parts.push(make("p", { class: "under" }, `${c.asked[row] - c.ask[row].length} more could matter.`));
        if (c.on[row]) list("Changes by itself", [`On ${day(c.on[row])} the route changes to ${wordsOf("to")[c.to[row]]}, with no new fact.`]);
      }
      const criteria = c.reason[row].map((n) => wordsOf("criterion")[n]);
      if (criteria.length) {
        const links = criteria.flatMap((entry, place) => [place ? ", " : "", make("a", { href: `#criterion-${entry[0]}` }, entry[0])]);
        parts.push(make("p", { class: "under" }, "In the guidance below: ", ...links));
      }
      return parts;
    }

    // Shows what a number of the page stands for.
    want(key, value) {
      this.search.value = "";
      for (const control of [this.court, this.reason, this.state, this.mark]) control.value = "";
      this.review.checked = key === "review";
      this.wanted = null;
      if (key === "court") this.court.value = String(numberOf("court", value));
      else if (key === "reason") this.reason.value = String(numberOf("criterion", value));
      else if (key === "state") this.state.value = value;
      else if (key && key !== "review") this.wanted = [key, value];
      // A value that no case on the page has leaves its list empty instead of showing all.
      for (const [name, control] of [["court", this.court], ["reason", this.reason], ["state", this.state]]) {
        if (key === name && control.value === "") { this.wanted = [key, value]; control.value = ""; }
      }
      this.page = 0;
      this.show();
    }
  }

  const made = {};
  for (const section of document.querySelectorAll("section.queue")) made[section.dataset.route] = new Queue(section);
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-wanted]");
    if (!link) return;
    const [key, ...rest] = link.dataset.wanted.split(":");
    // A number of cases of all routes asks each queue.
    const asked = link.dataset.route ? [made[link.dataset.route]] : Object.values(made);
    for (const queue of asked) if (queue && queue.body) queue.want(key, rest.join(":"));
  });
  document.documentElement.classList.add("live");
})();
