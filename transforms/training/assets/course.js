"use strict";
// One case at a time: takes the answers, compares them, and counts. Without it the page can be read.
(() => {
  const main = document.getElementById("main");
  const cases = [...document.querySelectorAll(".exercise")];
  const results = document.getElementById("results");
  const given = new Map();
  document.body.classList.add("live");

  const words = (text) => (text ? text.split(" ") : []);
  const same = (one, other) => one.length === other.length && one.every((each) => other.includes(each));
  const nameOf = (id) => cases[0].querySelector(`input[name=reason][value="${CSS.escape(id)}"]`).nextElementSibling.firstChild.textContent.trim();
  const questionOf = (at, fact) => at.querySelector(`input[name=ask][value="${CSS.escape(fact)}"]`).nextElementSibling.textContent;
  const list = (names) => names.join("; ");

  function show(at) {
    document.body.classList.add("begun");
    for (const one of [...cases, results]) one.classList.toggle("now", one === at);
    at.querySelector("h2").focus();
    window.scrollTo(0, 0);
  }

  function compare(at, answer) {
    const wanted = { route: at.dataset.route, reasons: words(at.dataset.reasons), missing: words(at.dataset.missing) };
    const asked = answer.ask.filter((fact) => !wanted.missing.includes(fact));
    return {
      wanted,
      route: answer.route === wanted.route,
      reasons: same(answer.reasons, wanted.reasons),
      missed: wanted.reasons.filter((id) => !answer.reasons.includes(id)),
      extra: answer.reasons.filter((id) => !wanted.reasons.includes(id)),
      ask: wanted.missing.length ? answer.ask.length > 0 && asked.length === 0 : answer.ask.length === 0,
      idle: asked,
    };
  }

  function line(right, head, text) {
    const item = document.createElement("li");
    item.className = right ? "right" : "wrong";
    const bold = document.createElement("b");
    bold.textContent = `${head}: ${right ? "right" : "not right"}.`;
    item.append(bold, text ? ` ${text}` : "");
    return item;
  }

  function verdict(at, answer) {
    const found = compare(at, answer);
    const reasons = [];
    if (found.missed.length) reasons.push(`You did not name ${list(found.missed.map(nameOf))}.`);
    if (found.extra.length) reasons.push(`These do not affect the route here: ${list(found.extra.map(nameOf))}.`);
    let ask = "";
    if (!found.ask && !found.wanted.missing.length) ask = "No unknown fact can change the route.";
    else if (!found.ask && !answer.ask.length) ask = "Some unknown facts can still change the route.";
    else if (!found.ask) ask = `No answer to this can change the route: ${list(found.idle.map((fact) => questionOf(at, fact)))}`;
    const all = document.createElement("ul");
    all.append(
      line(found.route, "Route", found.route ? "" : `You chose ${answer.route}; the guidance leads to ${found.wanted.route}.`),
      line(found.reasons, "Reasons", reasons.join(" ")),
      line(found.ask, "Question", ask),
    );
    return all;
  }

  cases.forEach((at, number) => {
    const form = at.querySelector("form");
    const none = form.querySelector("input[name=ask][value='']");
    form.addEventListener("change", (event) => {
      // "Nothing" and a question exclude each other.
      if (event.target === none && none.checked) form.querySelectorAll("input[name=ask]").forEach((box) => { box.checked = box === none; });
      else if (event.target.name === "ask" && event.target.checked) none.checked = false;
      form.querySelectorAll(".reasons details").forEach((part) => {
        const picked = part.querySelectorAll("input:checked").length;
        part.querySelector(".picked").textContent = picked ? `(${picked} checked)` : "";
      });
    });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const values = (name) => [...form.querySelectorAll(`input[name=${name}]:checked`)].map((box) => box.value);
      const [route] = values("route");
      const ask = values("ask");
      const please = form.querySelector(".please");
      please.textContent = route === undefined ? "Choose a route first." : ask.length ? "" : "Choose a question, or nothing.";
      if (please.textContent) return;
      const answer = { scenario: at.dataset.id, route, reasons: values("reason"), ask: ask.filter((fact) => fact) };
      given.set(at, answer);
      form.querySelectorAll("input, button").forEach((element) => { element.disabled = true; });
      form.querySelector("button").hidden = true;
      const box = at.querySelector(".verdict");
      box.replaceChildren(verdict(at, answer));
      at.querySelector(".answer").open = true;
      box.focus();
      box.scrollIntoView({ block: "start" });
    });
    at.querySelector(".next").addEventListener("click", () => {
      if (number + 1 < cases.length) show(cases[number + 1]);
      else { count(); show(results); }
    });
  });

  function row(head, cells) {
    const tr = document.createElement("tr");
    const th = document.createElement("th");
    th.scope = "row";
    th.textContent = head;
    tr.append(th, ...cells.map((text) => { const td = document.createElement("td"); td.textContent = text; return td; }));
    return tr;
  }

  function count() {
    const kinds = new Map();
    const criteria = new Map();
    const total = { cases: 0, route: 0, reasons: 0, ask: 0 };
    const of = (map, key, zero) => { if (!map.has(key)) map.set(key, { ...zero }); return map.get(key); };
    for (const [at, answer] of given) {
      const found = compare(at, answer);
      const kind = of(kinds, at.querySelector(".level span").textContent, { cases: 0, route: 0, reasons: 0, ask: 0 });
      for (const counts of [kind, total]) {
        counts.cases += 1;
        for (const part of ["route", "reasons", "ask"]) counts[part] += found[part] ? 1 : 0;
      }
      for (const id of found.wanted.reasons) {
        const counts = of(criteria, id, { affected: 0, named: 0, extra: 0 });
        counts.affected += 1;
        counts.named += found.missed.includes(id) ? 0 : 1;
      }
      for (const id of found.extra) of(criteria, id, { affected: 0, named: 0, extra: 0 }).extra += 1;
    }
    results.querySelector(".score").textContent = `Of ${total.cases} cases, you had the route right in ${total.route}, all reasons in ${total.reasons}, and a good question in ${total.ask}.`;
    document.getElementById("by-kind").replaceChildren(...[...kinds].map(([kind, c]) => row(kind, [c.cases, c.route, c.reasons, c.ask])));
    const missedFirst = [...criteria].sort(([, a], [, b]) => (b.affected - b.named + b.extra) - (a.affected - a.named + a.extra));
    document.getElementById("by-criterion").replaceChildren(...missedFirst.map(([id, c]) => row(nameOf(id), [c.affected, c.named, c.extra])));
    document.getElementById("no-criteria").hidden = criteria.size > 0;
    document.getElementById("criteria-table").hidden = criteria.size === 0;
  }

  document.getElementById("begin").addEventListener("click", () => show(cases[0]));
  document.getElementById("save").addEventListener("click", () => {
    const trainee = document.getElementById("trainee").value.trim();
    const saved = {
      version: 1, rulebook: main.dataset.rulebook, digest: main.dataset.digest, trainee,
      saved: new Date().toISOString(), answers: [...given.values()],
    };
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([JSON.stringify(saved, null, 2)], { type: "application/json" }));
    const name = trainee.replace(/[^A-Za-z0-9]+/g, "-").replace(/^-+|-+$/g, "") || "results";
    link.download = `training-${main.dataset.rulebook}-${name}.json`;
    link.click();
    URL.revokeObjectURL(link.href);
  });
})();
