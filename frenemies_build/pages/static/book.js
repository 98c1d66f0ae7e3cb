// What moves around a page (frenemies_build/pages/shell.py): menu on a phone, theme, code. Without it all is text.
(() => {
  const page = document.documentElement;

  const menuButton = document.querySelector(".menu-button");
  const menu = document.getElementById("menu");
  const openMenu = (open) => {
    page.classList.toggle("menu-open", open);
    menuButton.setAttribute("aria-expanded", open);
  };
  menuButton.addEventListener("click", () => {
    openMenu(!page.classList.contains("menu-open"));
    if (page.classList.contains("menu-open")) menu.querySelector("a").focus();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && page.classList.contains("menu-open")) {
      openMenu(false);
      menuButton.focus();
    }
    if (event.key === "k" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      document.querySelector("header .bd-search input").focus();
    }
  });

  const dark = matchMedia("(prefers-color-scheme: dark)");
  const themes = ["auto", "light", "dark"];
  const button = document.querySelector(".theme-switch");
  const setTheme = (mode) => {
    page.dataset.mode = mode;
    page.dataset.theme = mode !== "auto" ? mode : dark.matches ? "dark" : "light";
    button.querySelector("span").textContent = mode;
  };
  setTheme(page.dataset.mode);
  dark.addEventListener("change", () => setTheme(page.dataset.mode));
  button.addEventListener("click", () => {
    const mode = themes[(themes.indexOf(page.dataset.mode) + 1) % themes.length];
    localStorage.setItem("mode", mode);
    setTheme(mode);
  });
  // On paper the dark theme would print pale words on white.
  addEventListener("beforeprint", () => { page.dataset.theme = "light"; });
  addEventListener("afterprint", () => setTheme(page.dataset.mode));

  // Code: one switch for all pages, remembered; a run of cells without outputs opens with its first.
  const folds = [...document.querySelectorAll("details.code-fold")];
  const toggle = document.querySelector(".code-switch input");
  const runOf = (fold) => {
    const run = [];
    let next = fold.parentElement.nextElementSibling;
    while (next?.classList.contains("joined")) {
      run.push(next.querySelector("details.code-fold"));
      next = next.nextElementSibling;
    }
    return run;
  };
  for (const fold of folds) {
    if (!fold.parentElement.classList.contains("joined")) {
      fold.addEventListener("toggle", () => { for (const one of runOf(fold)) one.open = fold.open; });
    }
  }
  if (toggle) {
    const showAll = (shown) => { for (const fold of folds) fold.open = shown; };
    toggle.checked = localStorage.getItem("code") === "shown";
    if (toggle.checked) showAll(true);
    toggle.addEventListener("change", () => {
      localStorage.setItem("code", toggle.checked ? "shown" : "folded");
      showAll(toggle.checked);
    });
  }

  // The keyboard reaches what scrolls; a fading edge says that there is more.
  const wide = ".cell_output .output, .pst-scrollable-table-container, .data-scroll, div.math";
  for (const [place, box] of document.querySelectorAll(wide).entries()) {
    const more = () => {
      box.classList.toggle("more", box.scrollWidth > box.clientWidth + box.scrollLeft + 1);
      if (box.scrollWidth <= box.clientWidth || box.hasAttribute("tabindex")) return;
      box.tabIndex = 0;
      if (box.hasAttribute("role")) return;
      box.setAttribute("role", "region");
      box.setAttribute("aria-label", `Wide content ${place + 1}: scroll sideways`);
    };
    box.addEventListener("scroll", more, { passive: true });
    addEventListener("resize", more);
    document.fonts.ready.then(more); // widths change when the face arrives
    more();
  }
})();
