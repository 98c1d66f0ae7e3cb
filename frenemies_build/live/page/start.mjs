// Starts Pyodide for the pages and for JupyterLite from one copy, which the browser keeps.
// FILES comes from runtime.py: by name, the first digits of its sha256. NAME.pack is the gzipped file NAME.
/* global FILES */
import { loadPyodide as load } from "./pyodide.mjs";

const FIRST = ["pyodide.asm.js", "pyodide.asm.wasm", "python_stdlib.zip"];
const TYPES = { js: "text/javascript", wasm: "application/wasm" };
const HOME = new URL("./", import.meta.url).href;
const STORE = "frenemies-python";
const plainFetch = globalThis.fetch.bind(globalThis);
const storeOpened = openStore();

// Private windows and pages that are not secure have no store: then each visit loads anew.
async function openStore() {
  try {
    const store = await caches.open(STORE);
    const wanted = new Set(Object.entries(FILES).map(([name, hash]) => address(name, hash)));
    for (const { url } of await store.keys()) {
      if (url.startsWith(HOME) && !wanted.has(url)) await store.delete(url);
    }
    return store;
  } catch {
    return null;
  }
}

function address(name, hash) {
  return `${HOME}${name}?${hash}`;
}

async function kept(name, onBytes) {
  const url = address(name, FILES[name]);
  const store = await storeOpened;
  let answer = await store?.match(url);
  const fresh = !answer;
  answer ??= await plainFetch(url);
  if (!answer.ok) throw new Error(`${name} is missing from this site (error ${answer.status})`);
  const bytes = await counted(answer, onBytes);
  if (fresh) await store?.put(url, new Response(bytes)).catch(() => {}); // a full disk only costs the next visit time
  return bytes;
}

async function counted(answer, onBytes) {
  const parts = [];
  let size = 0;
  for (const reader = answer.body.getReader(); ; ) {
    const { done, value } = await reader.read();
    if (done) break;
    parts.push(value);
    size += value.length;
    onBytes?.(value.length);
  }
  const bytes = new Uint8Array(size);
  let place = 0;
  for (const part of parts) {
    bytes.set(part, place);
    place += part.length;
  }
  return bytes;
}

// Some web servers unpack by themselves what they think is compressed.
async function unpacked(bytes, type) {
  const packed = bytes[0] === 0x1f && bytes[1] === 0x8b;
  const body = packed ? new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip")) : bytes;
  return new Response(body, { headers: { "Content-Type": type } });
}

async function answer(name, onBytes) {
  const pack = `${name}.pack`;
  if (!FILES[pack]) return new Response(await kept(name, onBytes));
  return unpacked(await kept(pack, onBytes), TYPES[name.split(".").at(-1)] ?? "application/octet-stream");
}

/** Get one file of the runtime as bytes, from the browser's own copy where there is one. */
export async function file(name, onBytes) {
  return new Uint8Array(await (await answer(name, onBytes)).arrayBuffer());
}

/** Where one file of the runtime lies, packed if it is. */
export function whereIs(name) {
  const pack = `${name}.pack`;
  return FILES[pack] ? address(pack, FILES[pack]) : address(name, FILES[name]);
}

/**
 * Pyodide's loadPyodide. `onBytes` is told how many bytes have come; `around` is given the function that makes Pyodide's
 * module, and gives the one to be used.
 */
export async function loadPyodide({ onBytes, around, ...options } = {}) {
  const [program, ...others] = FIRST.map((name) => answer(name, onBytes));
  const waiting = Object.fromEntries(others.map((promise, i) => [FIRST[i + 1], promise]));
  for (const promise of others) promise.catch(() => {}); // reported where it is awaited
  globalThis.fetch = async (request, ...rest) => {
    const url = typeof request === "string" ? request : (request.url ?? String(request));
    const name = url.startsWith(HOME) ? url.slice(HOME.length) : "";
    if (waiting[name]) return waiting[name];
    if (FILES[name] || FILES[`${name}.pack`]) return answer(name, onBytes);
    return plainFetch(request, ...rest);
  };
  const script = URL.createObjectURL(await (await program).blob());
  await import(script);
  URL.revokeObjectURL(script);
  if (around) globalThis._createPyodideModule = await around(globalThis._createPyodideModule);
  await Promise.all(others); // a lost file ends here, in words, and not within Pyodide
  return load({ indexURL: HOME, ...options });
}
