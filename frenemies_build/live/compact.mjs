// node compact.mjs PYODIDE FOLDER COMPACT.PY: each FOLDER/in/*.whl becomes FOLDER/out/*.whl (see compact.py).
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [pyodide, folder, program] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(join(pyodide, "pyodide.mjs")));
const python = await loadPyodide();
python.FS.mkdir("/work");
python.FS.mount(python.FS.filesystems.NODEFS, { root: folder }, "/work");
python.runPython(readFileSync(program, "utf8"));
const compact = python.globals.get("compact");
for (const wheel of readdirSync(join(folder, "in"))) compact(`/work/in/${wheel}`, `/work/out/${wheel}`);
