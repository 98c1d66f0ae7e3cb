// Shows a notebook's outputs as the book's pages show stored ones.
import { marked } from "marked";
import { chart } from "./figures.js";

const CHART = "application/vnd.vegalite.v5+json";
const NUMBER = /^([-+\u2212]?[\d.,]+(e[-+]?\d+)?%?|NaN|<NA>|None|)$/i;
const LONG = 40; // characters of a text that needs a width of its own

/** The element for one output. */
export function show(output, kernel, page) {
  if (output.output_type === "stream") return plain(output.text, `stream ${output.name === "stderr" ? "live-stderr" : ""}`);
  if (output.output_type === "error") return plain(output.traceback.join("\n"), "live-error");
  const { data } = output;
  if (data[CHART]) return chart(data[CHART], kernel, page);
  if (data["text/html"]) return html(data["text/html"]);
  if (data["text/markdown"]) return html(marked.parse(data["text/markdown"]), "markdown");
  return plain(data["text/plain"] ?? "", "text_plain");
}

function plain(text, kind) {
  const box = document.createElement("div");
  box.className = `output ${kind} notranslate`;
  const inner = document.createElement("div");
  inner.className = "highlight";
  const pre = document.createElement("pre");
  pre.textContent = text;
  if (text.length > 2000) pre.tabIndex = 0; // it may scroll, so the keyboard must reach it
  inner.append(pre);
  box.append(inner);
  return box;
}

function html(text, kind = "html") {
  const box = document.createElement("div");
  box.className = `output text_${kind}`;
  box.innerHTML = text;
  for (const link of box.querySelectorAll("a[href]")) link.setAttribute("href", builtPage(link.getAttribute("href")));
  box.querySelectorAll("style").forEach((style) => style.remove());
  box.querySelectorAll("table.dataframe").forEach(mend);
  return box;
}

// A notebook links to notebooks and their texts; in the book these are pages.
function builtPage(address) {
  return /^[a-z]+:/i.test(address) ? address : address.replace(/\.(ipynb|md)(?=#|$)/, ".html");
}

// The same repairs as ../../pages/accessibility.py makes to stored tables.
function mend(table) {
  table.removeAttribute("border");
  for (const cell of [...table.querySelectorAll("th")]) {
    if (!cell.textContent.trim()) cell.replaceWith(document.createElement("td"));
    else cell.scope = cell.closest("thead") ? "col" : "row";
  }
  const rows = [...table.tBodies[0].rows].map((row) => [...row.querySelectorAll("td")]);
  const heads = table.tHead ? [...table.tHead.rows].map((row) => [...row.cells]) : [];
  const width = Math.min(...rows.map((row) => row.length), Infinity);
  for (let place = 1; place <= width && rows.length; place++) {
    const column = rows.map((row) => row.at(-place));
    if (!column.every((cell) => NUMBER.test(cell.textContent.trim()))) continue;
    const tops = heads.map((row) => row.at(-place)).filter((cell) => cell && cell.colSpan === 1);
    for (const cell of [...column, ...tops]) cell.classList.add("number");
  }
  for (const cell of table.querySelectorAll("tbody td")) {
    if (cell.textContent.length > LONG) cell.classList.add("long");
  }
}
