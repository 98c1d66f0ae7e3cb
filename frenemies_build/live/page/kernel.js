// Python in a worker, as the page sees it. It ends in words, never in silence.
// ms without a sign of life: while files come, and while Python starts on what may be a slow and busy machine
const PATIENCE = { loading: 60_000, starting: 300_000 };

export class Kernel {
  constructor(addresses, onStep) {
    this.onStep = onStep;
    this.bytes = 0;
    this.ended = false;
    this.waiting = new Map(); // number of a cell, or of a chart, to what waits for it
    this.fits = 0;
    this.ready = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
    this.ready.catch(() => {}); // whoever waits for it reports it
    try {
      this.worker = new Worker(addresses.worker, { type: "module" });
    } catch (error) {
      this.end(new Error(`This browser does not let a page run Python in the background (${error.message}).`));
      return;
    }
    this.worker.onmessage = ({ data }) => this.hear(data);
    this.worker.onerror = (event) => {
      event.preventDefault();
      this.end(new Error(`Python could not be started${event.message ? ` (${event.message})` : ": the browser refused its script, or the network is gone"}.`));
    };
    this.watch();
    this.worker.postMessage({ start: addresses.start, wheels: addresses.wheels });
  }

  watch(phase = "loading") {
    clearTimeout(this.timer);
    const late = () => this.end(new Error("Python does not come. The network may be slow or gone, or this machine too busy: try again later."));
    this.timer = setTimeout(late, PATIENCE[phase]);
  }

  hear(data) {
    if (!this.isReady) this.watch(data.step ? "starting" : "loading");
    if (data.bytes) this.onStep({ bytes: (this.bytes += data.bytes) });
    else if (data.step) this.onStep(data);
    else if (data.ready) {
      clearTimeout(this.timer);
      this.isReady = true;
      this.onStep({ step: "ready" });
      this.resolve(this);
    } else if (data.failed) this.end(new Error(plain(data.failed)));
    else if (data.fit) this.settle(`fit-${data.fit}`, data.drawing);
    else if ("done" in data) this.settle(data.run, data.done);
    else if (data.output) this.waiting.get(data.run)?.onOutput(data.output);
  }

  settle(key, value) {
    this.waiting.get(key)?.resolve(value);
    this.waiting.delete(key);
  }

  /** Run a cell; the promise tells whether it ran through. */
  run(number, source, onOutput) {
    return this.ask(number, { run: number, source }, onOutput);
  }

  /** A chart's specification in the forms that the book draws. */
  fit(spec) {
    const number = ++this.fits;
    return this.ask(`fit-${number}`, { fit: number, spec });
  }

  ask(key, message, onOutput) {
    return new Promise((resolve, reject) => {
      if (this.ended) return reject(this.reason);
      this.waiting.set(key, { resolve, reject, onOutput });
      this.worker.postMessage(message);
    });
  }

  /** End Python; everything that waits for it fails with the reason. */
  end(reason) {
    if (this.ended) return;
    this.ended = true;
    this.reason = reason;
    clearTimeout(this.timer);
    this.worker?.terminate();
    this.reject(reason);
    for (const { reject } of this.waiting.values()) reject(reason);
    this.waiting.clear();
  }
}

function plain(text) {
  if (/fetch|network|import/i.test(text)) return `Python could not be loaded: the network is gone, or a file is missing from this site (${text}).`;
  return `Python could not be loaded: ${text}.`;
}
