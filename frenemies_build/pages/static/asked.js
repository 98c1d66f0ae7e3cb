// Ask any number: one stop of the Tab key for all marks of a page, arrow keys between them, the note at its number.
(() => {
  const marks = [...document.querySelectorAll("button.asked")];
  const stop = (mark) => {
    for (const other of marks) other.tabIndex = other === mark ? 0 : -1;
  };
  const steps = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };
  for (const [place, mark] of marks.entries()) {
    mark.tabIndex = place ? -1 : 0;
    mark.addEventListener("focus", () => stop(mark));
    mark.addEventListener("keydown", (event) => {
      const to = event.key === "Home" ? 0 : event.key === "End" ? marks.length - 1 : event.key in steps ? place + steps[event.key] : -1;
      if (!marks[to] || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      marks[to].focus();
    });
  }
  for (const note of document.querySelectorAll(".asked-note")) {
    let asker; // where the keyboard returns to
    note.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      note.hidePopover(); // from a link inside, Chromium's own Escape does not close it
      asker?.focus();
    });
    note.addEventListener("toggle", (event) => {
      const asking = marks.filter((mark) => mark.popoverTargetElement === note);
      if (event.newState !== "open") {
        for (const mark of asking) mark.removeAttribute("aria-expanded");
        note.removeAttribute("style");
        return;
      }
      const mark = asking.find((one) => one === document.activeElement) ?? asking.find((one) => one.matches(":hover")) ?? asking[0];
      asker = mark;
      mark.setAttribute("aria-expanded", "true");
      const at = mark.getBoundingClientRect();
      const size = note.getBoundingClientRect();
      const left = Math.max(16, Math.min(at.left, document.documentElement.clientWidth - size.width - 16));
      const below = at.bottom + 8;
      const top = below + size.height <= innerHeight - 8 ? below : Math.max(8, at.top - size.height - 8);
      // A phone has the note along its lower edge (asked.css), unless the number is there.
      note.classList.toggle("upper", at.bottom > innerHeight - size.height - 24);
      note.style.left = `${left}px`;
      note.style.top = `${top}px`;
    });
  }
})();
