// Search and filters for the cards of the claims (frenemies_build/pages/claim_pages.py). Without this script all cards show.
(() => {
  const list = document.querySelector("div.claims");
  if (!list) return;
  const cards = [...list.querySelectorAll("article.claim")];
  const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const words = new Map(cards.map((card) => [card, plain(card.textContent)]));

  const bar = document.createElement("div");
  bar.className = "claim-filters";
  bar.setAttribute("role", "search");
  bar.setAttribute("aria-label", "Claims");

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
    const values = [...new Set(cards.map((card) => card.dataset[key]))].sort();
    menu.append(new Option("all", ""), ...values.map((value) => new Option(value)));
    return [key, field(`${key[0].toUpperCase()}${key.slice(1)} `, menu)];
  });
  const count = document.createElement("p");
  count.setAttribute("role", "status");
  bar.append(count);

  function show() {
    const wanted = plain(search.value).split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const card of cards) {
      const fits = menus.every(([key, menu]) => !menu.value || card.dataset[key] === menu.value)
        && wanted.every((word) => words.get(card).includes(word));
      card.hidden = !fits;
      shown += fits;
    }
    count.textContent = `${shown} of ${cards.length} claims`;
  }

  // A link to a claim must never lead to a hidden card, and shows its parts.
  function reveal() {
    const card = document.getElementById(location.hash.slice(1));
    if (!card || !words.has(card)) return;
    card.querySelector("details").open = true;
    if (!card.hidden) return;
    search.value = "";
    for (const [, menu] of menus) menu.value = "";
    show();
    card.scrollIntoView();
  }

  list.before(bar);
  addEventListener("hashchange", reveal);
  show();
  reveal();
})();
