// Turns the pictures of charts into live charts when they come into view, and builds the
// "Show the data" tables. Without this script, or where it fails, the pictures stay.
// frenemies_build/pages/charts.py writes what it reads, a script for each page: data sets, configurations, and two sizes
// of each chart.
(() => {
  "use strict";
  const page = window.frenemiesPage;
  const bundleAddress = new URL(page.bundle, document.currentScript.src).href;
  const PHONE = 560; // px: narrower than this, a chart takes its narrow form
  const charts = new Map(); // .chart-view element -> {figure, info} and, once drawn, {view, width, form}

  // Rows travel packed by column. Vega writes into its rows, so each chart gets its own.
  function rowsOf(name) {
    const packed = page.data[name];
    if (!packed.columns) return structuredClone(packed.rows);
    const { columns, values } = packed;
    return values[0].map((_, i) => Object.fromEntries(columns.map((column, j) => [column, values[j][i]])));
  }

  let bundle; // one download for all charts of the page
  function loadBundle() {
    bundle ??= new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = bundleAddress;
      script.onload = () => resolve(window.frenemiesVegaEmbed);
      script.onerror = () => reject(new Error(`cannot load ${bundleAddress}`));
      document.head.append(script);
    });
    return bundle;
  }

  function element(tag, className, parent) {
    const made = document.createElement(tag);
    made.className = className;
    parent?.append(made);
    return made;
  }

  // What the reader has chosen in drop-downs and sliders outlives a redraw.
  const inputsOf = (controls) => controls.querySelectorAll("input, select");
  function restoreChoices(controls, choices) {
    inputsOf(controls).forEach((input, i) => {
      const old = choices[i];
      if (!old || (old.value === input.value && old.checked === input.checked)) return;
      input.checked = old.checked;
      if (input.type !== "radio" && input.type !== "checkbox") input.value = old.value;
      if (input.type !== "radio" || input.checked) {
        for (const type of ["input", "change"]) input.dispatchEvent(new Event(type, { bubbles: true }));
      }
    });
  }

  // Axes and labels take their part of a width; what they leave is for the plot.
  async function fit(view, parent, width) {
    for (let tries = 0; tries < 4; tries++) {
      const excess = parent.querySelector("svg").getAttribute("width") - (width - 1);
      if ((excess <= 0 && excess > -3) || (excess > 0 && view.width() <= 120)) return;
      await view.width(Math.max(120, view.width() - excess)).resize().runAsync();
    }
  }

  // A drawing with its configuration and its data, as Vega takes it.
  function filled(drawing, info) {
    const datasets = Object.fromEntries(info.data.map((name) => [name, rowsOf(name)]));
    return { ...drawing, datasets, config: { ...page.configs[info.config], aria: false } };
  }

  async function draw(place) {
    const chart = charts.get(place);
    const { figure, info } = chart;
    const width = Math.floor(place.clientWidth);
    const form = width >= (info.fluid ? PHONE : info.wideWidth) ? "wide" : "narrow";
    if (!width || (chart.view && chart.width === width)) return;
    chart.width = width;
    if (chart.view && chart.form === form) {
      if (info.fluid) await fit(chart.view, place, width);
      return;
    }
    chart.form = form;
    const spec = filled(info[form], info);
    const controls = element("div", "chart-controls");
    const live = element("div", "chart-live");
    live.setAttribute("role", "img"); // one picture with one description, as the <img> was
    live.setAttribute("aria-label", info.alt ?? place.querySelector("img").alt);
    const canvas = element("div", "", live); // Vega gives it, and each mark, roles without names
    canvas.setAttribute("aria-hidden", "true");
    const embed = await loadBundle();
    const result = await embed(canvas, spec, {
      mode: "vega-lite",
      renderer: "svg",
      actions: false,
      defaultStyle: false,
      bind: controls,
      tooltip: { id: "chart-tooltip", theme: "book", disableDefaultStyle: true },
    });
    if (info.fluid) await fit(result.view, live, width);
    const before = place.querySelector(".chart-controls");
    const choices = before ? [...inputsOf(before)].map(({ value, checked }) => ({ value, checked })) : [];
    chart.view?.finalize();
    chart.view = result.view;
    place.querySelectorAll(".chart-controls, .chart-live").forEach((old) => old.remove());
    place.append(live, controls); // in this order, as JupyterLab has them
    if (live.scrollWidth > live.clientWidth) live.tabIndex = 0; // it scrolls, so the keyboard must reach it
    restoreChoices(controls, choices);
    for (const group of controls.querySelectorAll(".vega-bind-radio")) {
      group.setAttribute("role", "radiogroup"); // Vega names the buttons, but not the question
      group.setAttribute("aria-label", group.previousElementSibling.textContent.trim());
    }
    figure.classList.add("is-live");
  }

  function drawOrExplain(place) {
    draw(place).catch((error) => {
      const { figure } = charts.get(place);
      if (figure.querySelector(".chart-message")) return;
      const message = element("p", "chart-message", place);
      message.textContent = "The interactive chart could not be loaded. The picture shows the same data.";
      console.warn("chart:", error);
    });
  }

  // "Show the data": tables are built when asked for, from the rows that the chart draws
  function shown(value) {
    if (value === null || value === undefined) return "";
    if (typeof value === "number") return String(Number(value.toPrecision(10)));
    if (typeof value === "object") return JSON.stringify(value);
    return String(value).replace(/T00:00:00(\.000)?Z?$/, "");
  }

  function dataTable({ data, columns }, title, number, total) {
    const rows = rowsOf(data);
    const box = element("div", "chart-table");
    const table = element("table", "", box);
    const caption = table.createCaption();
    caption.textContent = (total > 1 ? `Data set ${number} of ${total}: ` : "") + `${rows.length} rows`;
    box.tabIndex = 0; // it scrolls, so the keyboard must reach it
    box.setAttribute("role", "region");
    box.setAttribute("aria-label", `Data: ${title} (${caption.textContent})`);
    const head = table.createTHead().insertRow();
    const at = (row, path) => path.reduce((inner, key) => inner?.[key], row);
    for (const path of columns) {
      const cell = element("th", typeof at(rows[0], path) === "number" ? "number" : "", head);
      cell.scope = "col";
      cell.textContent = path.at(-1);
    }
    const body = table.createTBody();
    for (const row of rows) {
      const line = body.insertRow();
      for (const path of columns) {
        const value = at(row, path);
        const cell = line.insertCell();
        cell.textContent = shown(value);
        if (typeof value === "number") cell.className = "number";
      }
    }
    return box;
  }

  // Start
  const seen = new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries) {
        if (!isIntersecting) continue;
        seen.unobserve(target);
        drawOrExplain(target);
        resized.observe(target);
      }
    },
    { rootMargin: "300px" },
  );

  let timer;
  const waiting = new Set();
  const resized = new ResizeObserver((entries) => {
    entries.forEach(({ target }) => waiting.add(target));
    clearTimeout(timer);
    timer = setTimeout(() => {
      waiting.forEach((place) => charts.get(place).view && drawOrExplain(place));
      waiting.clear();
    }, 150);
  });

  function adopt(figure, info) {
    const place = figure.querySelector(".chart-view");
    charts.set(place, { figure, info });
    seen.observe(place);
    const details = figure.querySelector(".chart-data");
    details?.addEventListener("toggle", () => {
      if (details.querySelector("table")) return;
      const title = figure.querySelector(".chart-title").textContent;
      info.tables.forEach((table, i) => details.append(dataTable(table, title, i + 1, info.tables.length)));
    });
  }
  for (const figure of document.querySelectorAll("figure.chart")) {
    adopt(figure, page.figures[figure.id]);
  }

  // How wide a drawing comes out, for charts that a reader makes in the page.
  async function measure(drawing, info) {
    const canvas = element("div", "", document.body);
    canvas.hidden = true;
    const embed = await loadBundle();
    const result = await embed(canvas, filled(drawing, info), { mode: "vega-lite", renderer: "svg", actions: false, defaultStyle: false });
    const width = Number(canvas.querySelector("svg").getAttribute("width"));
    result.view.finalize();
    canvas.remove();
    return width;
  }
  window.frenemiesCharts = { page, adopt, measure };

  // A chart that was never in view prints as its picture, which must not be loaded lazily then.
  window.addEventListener("beforeprint", () => {
    for (const image of document.querySelectorAll(".chart-view img")) image.loading = "eager";
  });
})();
