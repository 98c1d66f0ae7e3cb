// Search and filters for the table of verdicts (frenemies_build/pages/claim_pages.py). Without this script the table shows whole.
(() => {
  const table = document.querySelector("table.verdicts");
  if (!table) return;
  const rows = [...table.tBodies[0].rows];
  const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const words = new Map(rows.map((row) => [row, plain(row.textContent)]));

  const bar = document.createElement("form");
  bar.className = "verdict-filters";
  bar.setAttribute("role", "search");
  bar.setAttribute("aria-label", "Claims");
  bar.addEventListener("submit", (event) => event.preventDefault());

  const field = (name, control) => {
    const label = document.createElement("label");
    label.append(name, control);
    bar.append(label);
    control.addEventListener("input", show);
    return control;
  };
  const search = field("Search ", Object.assign(document.createElement("input"), { type: "search", placeholder: "gas, Idlib, M02 ..." }));
  const menus = ["author", "kind", "verdict"].map((key) => {
    const menu = document.createElement("select");
    const values = [...new Set(rows.map((row) => row.dataset[key]))].sort();
    menu.append(new Option("all", ""), ...values.map((value) => new Option(value)));
    return [key, field(`${key[0].toUpperCase()}${key.slice(1)} `, menu)];
  });
  const count = document.createElement("p");
  count.setAttribute("role", "status");
  bar.append(count);

  function show() {
    const wanted = plain(search.value).split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const row of rows) {
      const fits = menus.every(([key, menu]) => !menu.value || row.dataset[key] === menu.value)
        && wanted.every((word) => words.get(row).includes(word));
      row.hidden = !fits;
      shown += fits;
    }
    count.textContent = `${shown} of ${rows.length} claims`;
  }

  // A link to a claim must never lead to a hidden row.
  function reveal() {
    const row = document.getElementById(location.hash.slice(1));
    if (!row || !row.hidden) return;
    search.value = "";
    for (const [, menu] of menus) menu.value = "";
    show();
    row.scrollIntoView();
  }

  table.before(bar);
  addEventListener("hashchange", reveal);
  show();
})();
