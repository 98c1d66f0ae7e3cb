// node inside.mjs PYODIDE FOLDER PROGRAM.PY: runs a program in the browser's own Python, with FOLDER as /folder.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [pyodide, folder, program] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(join(pyodide, "pyodide.mjs")));
const python = await loadPyodide();
python.FS.mkdir("/folder");
python.FS.mount(python.FS.filesystems.NODEFS, { root: folder }, "/folder");
try {
  await python.runPythonAsync(readFileSync(program, "utf8"));
} catch (error) {
  process.stderr.write(String(error.message)); // without it Node shows a megabyte of Pyodide's own script
  process.exitCode = 1;
}
