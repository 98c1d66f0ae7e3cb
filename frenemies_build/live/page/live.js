// The page's own cells, to be edited and run in place: loaded when a reader asks for it (start in ../../pages/static/live.js).
/* global START, WORKER, WHEELS */
import { makeEditor } from "./editor.js";
import { Kernel } from "./kernel.js";
import { show } from "./outputs.js";
import { Edits } from "./edits.js";

const HOME = new URL("./", import.meta.url);
const addresses = {
  start: new URL(START, HOME).href,
  worker: new URL(WORKER, HOME).href,
  wheels: WHEELS,
};

/**
 * Make the page's cells live. `bar` is the section with the button, `home` the site's root, `bytes` what a first start
 * loads; `elsewhere` makes a sentence that leads to the other ways.
 */
export async function mount(bar, home, bytes, elsewhere) {
  const early = new Kernel(addresses, () => {}); // it loads while the editors are made
  try {
    return new Live(bar, { ...(await notebook(bar, home)), home, bytes, elsewhere }, early);
  } catch (error) {
    early.end(error);
    throw error;
  }
}

async function notebook(bar, home) {
  const answer = await fetch(new URL(`live/notebooks/${bar.dataset.page}.json`, home), { cache: "no-cache" });
  if (!answer.ok) throw new Error(`this page's notebook is missing from the site (error ${answer.status})`);
  return answer.json();
}

function element(tag, className, parent, text = "") {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  parent?.append(made);
  return made;
}

function button(text, parent, act, label) {
  const made = element("button", "live-button", parent, text);
  made.type = "button";
  if (label) made.setAttribute("aria-label", label);
  made.addEventListener("click", act);
  return made;
}

const BUDGET = 180_000; // ms for one cell: the book's own take seconds, and what has no end heats a phone

/** The reader's own wish, and no failure. */
class Halt extends Error {}

class Live {
  constructor(bar, page, kernel) {
    this.bar = bar;
    this.page = page;
    this.edits = new Edits(page.name);
    this.kernel = kernel;
    this.queue = Promise.resolve();
    this.cells = [];
    const places = [...document.querySelectorAll("div.cell.docutils")];
    const code = page.notebook.cells.filter((cell) => cell.cell_type === "code");
    if (places.length !== code.length) throw new Error("the page and its notebook are of two editions; reload the page");
    this.toolbar();
    places.forEach((place, i) => this.cells.push(this.cell(place, code[i], i + 1)));
    document.documentElement.classList.add("is-live");
    kernel.onStep = (step) => this.loading(step);
    addEventListener("pagehide", () => this.edits.save());
    if (!this.edits.works) this.note("This browser keeps nothing here: download your notebook before you leave the page.");
  }

  toolbar() {
    const tools = element("div", "live-toolbar", null);
    const buttons = element("div", "live-buttons", tools);
    buttons.setAttribute("role", "toolbar");
    buttons.setAttribute("aria-label", "Cells of this page");
    button("Run all", buttons, () => this.runAll());
    this.stopButton = button("Stop", buttons, () => this.stop());
    button("Restart", buttons, () => this.restart());
    button("Reset all", buttons, () => this.resetAll());
    // A phone shows the first word.
    element("span", "live-wide", button("Download", buttons, () => this.download(), "Download my notebook"), " my notebook");
    this.progress = element("progress", "live-progress", tools);
    this.progress.hidden = true;
    this.progress.setAttribute("aria-label", "Loading Python");
    this.status = element("p", "live-status", tools);
    this.status.setAttribute("role", "status");
    this.bar.querySelector(".live-offer").hidden = true;
    this.bar.append(tools);
    this.notes = element("div", "live-notes", this.bar);
  }

  say(text) {
    this.status.textContent = text;
  }

  note(text) {
    element("p", "live-note", this.notes, text);
  }

  cell(place, source, number) {
    const input = place.querySelector(".cell_input");
    const cell = { number, id: source.id, book: source.source, place, outputs: null, ran: false, metadata: source.metadata };
    const locked = source.metadata.nbgrader?.locked === true;
    const kept = locked ? null : this.edits.of(cell);
    for (const old of input.children) old.hidden = true;
    const box = element("div", "live-cell", input);
    cell.editor = makeEditor(box, {
      text: kept?.source ?? cell.book,
      label: `Code of cell ${number}${locked ? ", not to be changed" : ""}`,
      locked,
      onChange: (text) => this.changed(cell, text),
      onRun: () => this.runTo(cell),
      onRunAndGoOn: () => (this.runTo(cell), this.cells[number]?.editor.focus()),
    });
    const tools = element("div", "live-tools", box);
    button("Run", tools, () => this.runTo(cell), `Run cell ${number}`);
    cell.resetButton = button("Reset", tools, () => this.reset(cell), `Reset cell ${number}`);
    cell.resetButton.hidden = !kept;
    cell.state = element("span", "live-state", tools, kept ? "your version" : "");
    if (kept && kept.from !== cell.book) {
      element("p", "live-note", box, "The book's cell has changed since you wrote this; Reset shows the new one.");
    }
    cell.stored = [...place.querySelectorAll(":scope > .cell_output")];
    cell.output = element("div", "cell_output docutils container live-output", place);
    cell.output.hidden = true;
    return cell;
  }

  changed(cell, text) {
    this.edits.put(cell, text);
    cell.resetButton.hidden = text === cell.book;
    // What follows rests on this cell, so it is to be run again.
    for (const later of this.cells.slice(cell.number - 1)) {
      if (later.ran) later.state.textContent = "to be run again";
      later.ran = false;
    }
  }

  reset(cell) {
    cell.editor.set(cell.book);
    this.edits.drop(cell);
    cell.resetButton.hidden = true;
    cell.state.textContent = "";
    cell.outputs = null;
    cell.output.hidden = true;
    cell.output.replaceChildren();
    cell.output.before(...cell.stored);
  }

  resetAll() {
    const edited = this.cells.filter((cell) => cell.editor.text() !== cell.book);
    if (edited.length && !confirm(`Give up your changes in ${edited.length === 1 ? "one cell" : `${edited.length} cells`}?`)) return;
    for (const cell of this.cells) this.reset(cell);
    this.restart();
  }

  // Running: one cell after another; what a cell rests on is run before it.

  runAll() {
    for (const cell of this.cells) cell.ran = false;
    return this.runTo(this.cells.at(-1));
  }

  runTo(target) {
    target.ran = false;
    const due = () => this.cells.slice(0, target.number).filter((cell) => !cell.ran);
    for (const cell of due()) cell.state.textContent = "waiting";
    const job = this.queue.then(() => this.work(due));
    this.queue = job.catch((error) => this.fail(error));
    return this.queue;
  }

  async work(due) {
    const failed = [];
    const kernel = await this.python();
    const cells = due();
    for (const cell of cells) {
      this.say(`Running cell ${cell.number} of ${this.cells.length}`);
      if (!(await this.runCell(kernel, cell))) failed.push(cell);
    }
    const ran = cells.length === 1 ? `Cell ${cells[0].number} ran.` : `${cells.length} cells ran.`;
    const error = failed[0]?.outputs.find((output) => output.output_type === "error");
    this.say(error ? `Cell ${failed[0].number} ended in an error. ${error.ename}: ${error.evalue}` : ran);
  }

  async runCell(kernel, cell) {
    cell.state.textContent = "running";
    cell.place.classList.add("live-running");
    cell.outputs = [];
    const shown = element("div", "live-shown", null);
    let first = true;
    const begun = performance.now();
    const late = setTimeout(() => this.stop(`Cell ${cell.number} ran for three minutes and was stopped. The next run begins anew, from the first cell.`), BUDGET);
    try {
      const whole = await kernel.run(cell.number, cell.editor.text(), async (output) => {
        const before = cell.outputs.at(-1);
        if (output.output_type === "stream" && before?.output_type === "stream" && before.name === output.name) {
          before.text += output.text;
          shown.lastChild.replaceWith(show(before, kernel, this.page));
        } else {
          cell.outputs.push(output);
          shown.append(show(output, kernel, this.page));
        }
        if (first) this.replaceOutput(cell, shown);
        first = false;
      });
      if (first) this.replaceOutput(cell, shown); // it shows nothing
      this.dress(cell);
      cell.ran = true;
      cell.state.textContent = whole ? `done, ${((performance.now() - begun) / 1000).toFixed(1)} s` : "error";
      return whole;
    } finally {
      clearTimeout(late);
      cell.place.classList.remove("live-running");
    }
  }

  // The stored outputs leave the page, for their labels, where links lead, must be those of the new ones.
  replaceOutput(cell, shown) {
    for (const old of cell.stored) old.remove();
    cell.output.replaceChildren(shown);
    cell.output.hidden = false;
  }

  // What the book adds to stored outputs: labels for links to figures, filters for the cards of claims.
  dress(cell) {
    const labels = cell.stored.flatMap((old) => [...old.querySelectorAll("figure.chart, [id^='figure-']")]).map((old) => old.id).filter(Boolean);
    [...cell.output.querySelectorAll("figure.chart")].forEach((figure, i) => labels[i] && (figure.id = labels[i]));
    const filters = document.querySelector("script[src*='/claims.js']");
    if (filters && cell.output.querySelector("div.claims")) {
      document.head.append(Object.assign(document.createElement("script"), { src: filters.src }));
    }
  }

  // Python: started when it is first needed, and again after a stop

  python() {
    if (!this.kernel) {
      this.kernel = new Kernel(addresses, (step) => this.loading(step));
      this.say("Loading Python");
    }
    return this.kernel.ready;
  }

  loading({ bytes, step }) {
    this.progress.hidden = step === "ready";
    if (bytes) {
      this.progress.max = this.page.bytes;
      this.progress.value = bytes;
      this.say(`Loading Python: ${(bytes / 1e6).toFixed(0)} of ${(this.page.bytes / 1e6).toFixed(0)} MB`);
    } else if (step) {
      this.progress.removeAttribute("value");
      this.say(step === "ready" ? "Python is ready." : step);
    }
  }

  stop(text = "Stopped. The next run begins anew, from the first cell.") {
    this.kernel?.end(new Halt(text));
    this.forget();
    this.say(text);
  }

  restart() {
    this.stop("Restarting Python");
    this.python().catch((error) => this.fail(error));
  }

  // What a broken start leaves behind: the book's results, and a way to go on.
  fail(error) {
    if (error instanceof Halt) return;
    this.kernel?.end(error);
    this.forget();
    this.say(`${error.message} `);
    this.status.append(this.page.elsewhere());
  }

  forget() {
    this.kernel = null;
    this.progress.hidden = true;
    for (const cell of this.cells) {
      if (cell.ran || cell.state.textContent) cell.state.textContent = "not run";
      cell.ran = false;
    }
  }

  // The notebook as it stands here, as Jupyter and nbgrader read it

  download() {
    const notebook = structuredClone(this.page.notebook);
    const byId = new Map(this.cells.map((cell) => [cell.id, cell]));
    let count = 0;
    for (const cell of notebook.cells) {
      if (cell.cell_type !== "code") continue;
      const live = byId.get(cell.id);
      cell.source = live.editor.text();
      cell.outputs = (live.outputs ?? []).map((output) =>
        output.output_type === "execute_result" ? { ...output, execution_count: count + 1 } : output,
      );
      cell.execution_count = live.outputs ? ++count : null;
    }
    const link = element("a", "", null);
    link.href = URL.createObjectURL(new Blob([JSON.stringify(notebook, null, 1)], { type: "application/x-ipynb+json" }));
    link.download = `${this.page.name.split("/").at(-1)}.ipynb`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
    this.say(`Saved as ${link.download}.`);
  }
}
