// Python in the background: loads Pyodide and the wheels, then runs the cells that the page sends.
// Messages in: {start, wheels: {start, later, asked}}; {run: number, source}; {fit: spec}. Messages out: {bytes}, {step}, {ready},
// {failed: text}, {run, output}, {run, done: true or false}, {fit, drawing}.
import { gunzipSync, unzipSync } from "fflate";
import kernelCode from "../kernel.py";
import specsCode from "../../pages/chart_specs.py";
import { Memory, restoring, taken } from "./memory.mjs";

const SITE = "/lib/python3.12/site-packages";
let python, run, drawing;

async function start({ start, wheels }) {
  const runtime = await import(start);
  const onBytes = (bytes) => postMessage({ bytes });
  const files = Promise.all(wheels.start.map(async (name) => unzipSync(await runtime.file(name, onBytes))));
  files.catch(() => {}); // reported where it is awaited
  const memory = new Memory(start, location.href);
  const options = { onBytes, env: { HOME: "/home/pyodide" } };
  python = (await startAgain(runtime, options, files, memory)) ?? (await startAnew(runtime, options, files, memory));
  const kernel = python.pyimport("frenemies_kernel");
  kernel.connect((output) => postMessage({ run: current, output: JSON.parse(output) }));
  kernel.bring_later(wheels.asked, () => fetchNow(runtime.whereIs(wheels.later)));
  run = kernel.run;
  drawing = kernel.drawing;
  postMessage({ ready: true });
}

async function startAnew(runtime, options, files, memory) {
  python = await runtime.loadPyodide({ ...options, _makeSnapshot: await memory.works });
  const first = python._module.wasmTable.length;
  postMessage({ step: "Unpacking" });
  writeAll(await files);
  postMessage({ step: "Starting Python" });
  python.runPython("import importlib; importlib.invalidate_caches(); import frenemies_kernel as kernel; kernel.begin(); del importlib, kernel");
  if (await memory.works) memory.keep(taken(python, first));
  return python;
}

// From the memory of an earlier start; whatever is wrong with that, a new start mends it.
async function startAgain(runtime, options, files, memory) {
  const plan = await memory.plan();
  if (!plan) return null;
  try {
    postMessage({ step: "Starting Python" });
    const bytes = memory.bytes();
    const code = files.then(compiled);
    for (const promise of [bytes, code]) promise.catch(() => {}); // reported where they are awaited
    const around = async (create) => restoring(create, { memory: await bytes, plan }, await code);
    python = await runtime.loadPyodide({ ...options, around, _loadSnapshot: bytes });
    python._api.config._loadSnapshot = null; // it is long
    writeAll(await files);
    python.pyimport("frenemies_kernel").begin_again();
    memory.holds(plan).catch(() => {}); // a full disk only costs the next visit time
    return python;
  } catch (error) {
    console.warn("The kept start of Python did not fit and is made anew.", error);
    return null;
  }
}

async function compiled(wheels) {
  const libraries = wheels.flatMap((wheel) => Object.entries(wheel).filter(([name]) => name.endsWith(".so")));
  return new Map(await Promise.all(libraries.map(async ([name, bytes]) => [`${SITE}/${name}`, await WebAssembly.compile(bytes)])));
}

// Python waits for an import, so this waits as well.
function fetchNow(address) {
  const request = new XMLHttpRequest();
  request.open("GET", address, false);
  request.responseType = "arraybuffer";
  request.send();
  if (request.status !== 200) throw new Error(`error ${request.status}`);
  const bytes = new Uint8Array(request.response);
  write(unzipSync(bytes[0] === 0x1f ? gunzipSync(bytes) : bytes));
}

const folders = new Set();

function writeAll(wheels) {
  folders.clear();
  wheels.forEach(write);
  const text = (code) => new TextEncoder().encode(code);
  write({ "frenemies_kernel.py": text(kernelCode), "frenemies_chart_specs.py": text(specsCode) });
}

function write(files) {
  for (const [name, bytes] of Object.entries(files)) {
    const path = `${SITE}/${name}`;
    const folder = path.slice(0, path.lastIndexOf("/"));
    if (!folders.has(folder)) {
      python.FS.mkdirTree(folder);
      folders.add(folder);
    }
    if (!name.endsWith("/")) python.FS.writeFile(path, bytes, { canOwn: true });
  }
}

let current = null;

async function runCell(number, source) {
  current = number;
  const done = await run(number, source, (output) => postMessage({ run: number, output: JSON.parse(output) }));
  postMessage({ run: number, done });
}

addEventListener("message", async ({ data }) => {
  try {
    if (data.start) await start(data);
    else if (data.run) await runCell(data.run, data.source);
    else if (data.fit) postMessage({ fit: data.fit, drawing: JSON.parse(drawing(JSON.stringify(data.spec))) });
  } catch (error) {
    const lines = String(error?.message ?? error).trim().split("\n");
    postMessage({ failed: lines.at(-1) }); // of a Python error the last line says what it is
  }
});
