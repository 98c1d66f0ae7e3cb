// A chart made in the page becomes a figure of the book: the same words around it, the same script draws it.

/** The figure of a Vega-Lite specification; it is drawn when it comes into view. */
export function chart(spec, kernel, page) {
  const figure = document.createElement("figure");
  figure.className = "chart live-chart";
  draw(figure, spec, kernel, page).catch((error) => {
    const line = document.createElement("p");
    line.className = "chart-message";
    line.textContent = `This chart could not be drawn: ${error.message}`;
    figure.append(line);
  });
  return figure;
}

async function draw(figure, spec, kernel, page) {
  const [form, charts] = await Promise.all([kernel.fit(spec), drawer(page)]);
  const text = (tag, className, content) => {
    const made = document.createElement(tag);
    made.className = className;
    made.textContent = content;
    return made;
  };
  const { words } = form;
  const caption = document.createElement("figcaption");
  if (words.title) caption.append(text("p", "chart-title", words.title));
  if (words.subtitle) caption.append(text("p", "chart-subtitle", words.subtitle));
  const view = text("div", "chart-view", "");
  const foot = text("div", "chart-foot", "");
  if (words.source) foot.append(text("p", "chart-source", `Source: ${words.source}`));
  if (words.note) foot.append(text("p", "chart-source", `Note: ${words.note}`));
  if (form.tables.length) {
    const details = text("details", "chart-data", "");
    details.append(text("summary", "", "Show the data"));
    foot.append(details);
  }
  figure.replaceChildren(caption, view, foot);
  const info = { config: form.config, fluid: form.fluid, wideWidth: form.sizes.wide, tables: form.tables, data: Object.keys(form.data) };
  info.alt = words.alt || words.title || "Chart";
  Object.assign(charts.page.data, form.data);
  charts.page.configs[form.config] = form.configuration;
  for (const name of ["wide", "narrow"]) info[name] = await sized(form[name], form.sizes[name], name, { info, form, charts });
  charts.adopt(figure, info);
}

// A drawing of several plots comes in two sizes: what they measure tells which size between (or beyond) fits.
async function sized([full, half], width, name, { info, form, charts }) {
  if (!half) return full;
  const widths = await Promise.all([full, half].map((drawing) => charts.measure(drawing, { ...info, config: form.config })));
  const plots = 2 * (widths[0] - widths[1]);
  if (plots <= 0 || (widths[0] <= width && name === "wide")) return full;
  const factor = Math.min(2, Math.max(0.2, 1 - (widths[0] - width) / plots));
  return between(half, full, (factor - 0.5) * 2);
}

function between(half, full, share) {
  if (typeof full === "number" && typeof half === "number") return half === full ? full : Math.round(half + (full - half) * share);
  if (Array.isArray(full)) return full.map((value, i) => between(half?.[i], value, share));
  if (full && typeof full === "object") {
    return Object.fromEntries(Object.entries(full).map(([key, value]) => [key, between(half?.[key], value, share)]));
  }
  return full;
}

let loaded;

// The script that draws charts is on each page that had one; elsewhere it is fetched with the first.
function drawer(page) {
  loaded ??= window.frenemiesCharts
    ? Promise.resolve(window.frenemiesCharts)
    : new Promise((resolve, reject) => {
        const home = new URL("_static/", page.home);
        window.frenemiesPage = { bundle: page.bundle, configs: {}, data: {}, figures: {} };
        const style = document.createElement("link");
        style.rel = "stylesheet";
        style.href = new URL("charts.css", home);
        const script = document.createElement("script");
        script.src = new URL("charts.js", home);
        script.onload = () => resolve(window.frenemiesCharts);
        script.onerror = () => reject(new Error("the script that draws charts is missing from this site"));
        document.head.append(style, script);
      });
  return loaded;
}
