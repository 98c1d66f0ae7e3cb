// What a reader has changed in a page, kept in this browser: by cell, with the book's text that it began from.
export class Edits {
  constructor(page) {
    this.key = `frenemies-edits:${page}`;
    this.cells = {};
    this.works = true;
    try {
      this.cells = JSON.parse(localStorage.getItem(this.key) ?? "{}") ?? {};
      localStorage.setItem(`${this.key}:try`, "1");
      localStorage.removeItem(`${this.key}:try`);
    } catch {
      this.works = false; // a private window, or a full store
    }
  }

  of(cell) {
    const kept = this.cells[cell.id];
    return typeof kept?.source === "string" && kept.source !== cell.book ? kept : null;
  }

  put(cell, source) {
    if (source === cell.book) delete this.cells[cell.id];
    else this.cells[cell.id] = { from: this.cells[cell.id]?.from ?? cell.book, source };
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), 300);
  }

  drop(cell) {
    delete this.cells[cell.id];
    this.save();
  }

  save() {
    try {
      if (Object.keys(this.cells).length) localStorage.setItem(this.key, JSON.stringify(this.cells));
      else localStorage.removeItem(this.key);
    } catch {
      this.works = false;
    }
  }
}
