// Python in the background: loads Pyodide and the wheels, then runs the cells that the page sends.
// Messages in: {start, wheels: {start, later, asked}}; {run: number, source}; {fit: spec}. Messages out: {bytes}, {step}, {ready},
// {failed: text}, {run, output}, {run, done: true or false}, {fit, drawing}.
import { gunzipSync, unzipSync } from "fflate";
import kernelCode from "../kernel.py";
import specsCode from "../../pages/chart_specs.py";

const SITE = "/lib/python3.12/site-packages";
let python, run, drawing;

async function start({ start, wheels }) {
  const runtime = await import(start);
  const onBytes = (bytes) => postMessage({ bytes });
  const files = Promise.all(wheels.start.map(async (name) => unzipSync(await runtime.file(name, onBytes))));
  files.catch(() => {}); // reported where it is awaited
  python = await runtime.loadPyodide({ onBytes, env: { HOME: "/home/pyodide" } });
  postMessage({ step: "Unpacking" });
  for (const wheel of await files) write(wheel);
  write({ "frenemies_kernel.py": text(kernelCode), "frenemies_chart_specs.py": text(specsCode) });
  python.runPython("import importlib; importlib.invalidate_caches()");
  const kernel = python.pyimport("frenemies_kernel");
  kernel.install((output) => postMessage({ run: current, output: JSON.parse(output) }));
  kernel.bring_later(wheels.asked, () => fetchNow(runtime.whereIs(wheels.later)));
  run = kernel.run;
  postMessage({ step: "Starting Python" });
  python.runPython("import frenemies");
  drawing = kernel.drawing;
  postMessage({ ready: true });
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

const text = (code) => new TextEncoder().encode(code);
const folders = new Set();

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
