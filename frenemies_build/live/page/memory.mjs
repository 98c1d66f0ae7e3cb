// The memory of a Python that has started: taken once, put back at the next start, which then need not import anew.
// Pyodide (0.27) can put back its memory, but not compiled libraries. So these are loaded here, each where it was: a
// library's record in memory says where its data and its functions lie. Whoever calls this must be able to start
// without: whatever does not fit throws.

const STORE = "frenemies-memory";
const SOON = 1000; // ms: the first cells come first

/** The place where this browser keeps the memory of a start made of these files, if it keeps anything. */
export class Memory {
  constructor(...files) {
    const name = files.map((file) => file.split("/").at(-1)).join("+");
    this.store = this.open(new URL(`./memory?${name}`, files[0]).href);
    this.works = this.store.then(Boolean);
  }

  async open(address) {
    if ((navigator.deviceMemory ?? 4) < 4) return null; // GB: a small phone needs its room
    this.address = { plan: `${address}&plan`, memory: address };
    try {
      const store = await caches.open(STORE);
      const home = new URL("./", address).href;
      for (const { url } of await store.keys()) {
        if (url.startsWith(home) && !Object.values(this.address).includes(url)) await store.delete(url); // of an old edition
      }
      return store;
    } catch {
      return null; // a private window
    }
  }

  /** The plan of the kept memory. It is taken out, so that a start that breaks down is not tried again. */
  async plan() {
    try {
      const store = await this.store;
      const plan = await (await store.match(this.address.plan)).json();
      await store.delete(this.address.plan);
      return plan;
    } catch {
      return null;
    }
  }

  async bytes() {
    return new Uint8Array(await (await (await this.store).match(this.address.memory)).arrayBuffer());
  }

  /** Put the plan back: the memory was good. */
  async holds(plan) {
    await (await this.store).put(this.address.plan, Response.json(plan));
  }

  /** Keep what was taken, a little later; a full disk only costs the next visit time. */
  keep({ memory, plan }) {
    setTimeout(async () => {
      try {
        await (await this.store).put(this.address.memory, new Response(memory));
        await this.holds(plan);
      } catch {
        await (await this.store).delete(this.address.memory);
      }
    }, SOON);
  }
}

const isLibrary = (name) => name.endsWith(".so");

/** What `restored` needs: the memory, and which function stood where. `first` is the table's length before all imports. */
export function taken(python, first) {
  const { LDSO, GOT, wasmTable, HEAPU32 } = python._module;
  const libraries = [];
  const ranges = [];
  const known = new Map(); // a function to the library that gave it, and its name there
  for (const [handle, { name, exports, global }] of Object.entries(LDSO.loadedLibsByHandle)) {
    if (!isLibrary(name)) continue;
    if (global) throw new Error(`${name} lends its names to all`);
    const [base, size] = [HEAPU32[(handle >>> 2) + 5], HEAPU32[(handle >>> 2) + 6]];
    ranges.push([base, base + size]);
    for (const [label, value] of Object.entries(exports)) {
      if (typeof value === "function" && !known.has(value)) known.set(value, [libraries.length, label]);
    }
    libraries.push({ name, handle: Number(handle) });
  }
  const addresses = Object.fromEntries(Object.entries(GOT).map(([label, { value }]) => [label, value]));
  const labels = new Map(Object.entries(addresses).map(([label, value]) => [value, label]));
  const functions = [];
  for (let i = first; i < wasmTable.length; i++) {
    const range = ranges.find(([from, to]) => from <= i && i < to);
    if (range) i = range[1] - 1;
    else if (wasmTable.get(i)) functions.push([i, ...(known.get(wasmTable.get(i)) ?? [-1, labels.get(i)])]);
  }
  if (functions.some(([, , label]) => !label)) throw new Error("a function without a name");
  const { length } = wasmTable;
  return { memory: python.makeMemorySnapshot(), plan: { first, length, libraries, addresses, functions } };
}

/**
 * Wrap the function that makes Pyodide's module: where that comes into being, libraries are put where they were.
 * `code` maps a library's path to its compiled module.
 */
export function restoring(create, { memory, plan }, code) {
  return async (settings) => {
    const module = await create(settings);
    const { GOT, LDSO, wasmTable, preloadedWasm } = module;
    if (wasmTable.length !== plan.first) throw new Error("this memory is of another Pyodide");
    const start = new Uint32Array(memory.buffer, memory.byteOffset, 2)[1];
    module.HEAP8.set(memory.subarray(start)); // the records of the libraries; Pyodide sets it once more, after them
    wasmTable.grow(plan.length - plan.first);
    const set = (place, value) => {
      module.setWasmTableEntry(place, value);
      module.updateTableMap(place, 1);
    };
    for (const [place, library, label] of plan.functions) {
      if (library < 0) set(place, module.resolveGlobalSymbol(label).sym);
    }
    for (const [label, value] of Object.entries(plan.addresses)) {
      GOT[label] ??= new WebAssembly.Global({ value: "i32", mutable: true });
      GOT[label].value = value;
    }
    for (const { name, handle } of plan.libraries) {
      if (!code.has(name)) throw new Error(`${name} is missing`);
      const own = { global: false, nodelete: false };
      preloadedWasm[name] = module.loadWebAssemblyModule(code.get(name), own, name, {}, handle);
      module.loadDynamicLibrary(name, own, {}, handle);
      delete preloadedWasm[name];
    }
    for (const [place, library, label] of plan.functions) {
      if (library >= 0) set(place, LDSO.loadedLibsByName[plan.libraries[library].name].exports[label]);
    }
    if (wasmTable.length !== plan.length) throw new Error("more functions than there were");
    return module;
  };
}
