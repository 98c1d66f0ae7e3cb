// What a linked term, work or claim is, in a note at its link: for whoever points at it or reaches it by keyboard.
(() => {
  const links = document.querySelectorAll("main a.reference.internal[title]");
  if (!links.length || !HTMLElement.prototype.showPopover) return;
  const note = document.createElement("div");
  note.className = "asked-note link-note";
  note.popover = "manual";
  document.body.append(note);
  let waiting;
  const hide = () => note.hidePopover();
  const show = (link) => {
    note.textContent = link.ariaDescription;
    note.removeAttribute("style");
    note.showPopover();
    const at = link.getClientRects()[0];
    const size = note.getBoundingClientRect();
    const below = at.bottom + 8;
    note.style.left = `${Math.max(16, Math.min(at.left, document.documentElement.clientWidth - size.width - 16))}px`;
    note.style.top = `${below + size.height <= innerHeight - 8 ? below : Math.max(8, at.top - size.height - 8)}px`;
    note.classList.toggle("upper", at.bottom > innerHeight - size.height - 24);
  };
  const soon = (act, time) => {
    clearTimeout(waiting);
    waiting = setTimeout(act, time);
  };
  for (const link of links) {
    link.ariaDescription = link.title; // the browser's own tooltip would stand over the note
    link.removeAttribute("title");
    link.addEventListener("pointerenter", (event) => event.pointerType === "mouse" && soon(() => show(link), 250));
    link.addEventListener("pointerleave", () => soon(hide, 250));
    link.addEventListener("focus", () => link.matches(":focus-visible") && soon(() => show(link), 0));
    link.addEventListener("blur", () => soon(hide, 0));
  }
  note.addEventListener("pointerenter", () => clearTimeout(waiting));
  note.addEventListener("pointerleave", () => soon(hide, 250));
  document.addEventListener("keydown", (event) => event.key === "Escape" && soon(hide, 0));
})();
