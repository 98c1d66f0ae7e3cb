// Starts Pyodide for the pages and for JupyterLite from one copy, which the browser keeps.
// FILES comes from runtime.py: by name, the first digits of its sha256. A file that ends in ".pack" there is
// gzipped, whatever the web server does; the browser unpacks it.
/* global FILES */
import { loadPyodide as load } from "./pyodide.mjs";

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

/** Get one file of the runtime as bytes, from the browser's own copy where there is one. */
export function file(name, onBytes) {
  return kept(name, onBytes);
}

/** Pyodide's loadPyodide; `onBytes` is told how many bytes have come. */
export async function loadPyodide({ onBytes, ...options } = {}) {
  const program = kept("pyodide.asm.js.pack", onBytes).then((bytes) => unpacked(bytes, "text/javascript"));
  const waiting = {
    "pyodide.asm.wasm": kept("pyodide.asm.wasm.pack", onBytes).then((bytes) => unpacked(bytes, "application/wasm")),
    "python_stdlib.zip": kept("python_stdlib.zip", onBytes).then((bytes) => new Response(bytes)),
  };
  for (const promise of Object.values(waiting)) promise.catch(() => {}); // reported where it is awaited
  globalThis.fetch = async (request, ...rest) => {
    const url = typeof request === "string" ? request : (request.url ?? String(request));
    const name = url.startsWith(HOME) ? url.slice(HOME.length) : "";
    if (waiting[name]) return waiting[name];
    if (FILES[name]) return new Response(await kept(name, onBytes));
    return plainFetch(request, ...rest);
  };
  const script = URL.createObjectURL(await (await program).blob());
  await import(script);
  URL.revokeObjectURL(script);
  await Promise.all(Object.values(waiting)); // a lost file ends here, in words, and not within Pyodide
  return load({ indexURL: HOME, ...options });
}
