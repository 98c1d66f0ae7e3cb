// Arrow keys turn the slides; without a script one scrolls.
const slides = [...document.querySelectorAll(".slide")];
addEventListener("keydown", (event) => {
  const step = { ArrowRight: 1, ArrowDown: 1, PageDown: 1, ArrowLeft: -1, ArrowUp: -1, PageUp: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  const now = Math.round(scrollY / innerHeight);
  slides[Math.min(slides.length - 1, Math.max(0, now + step))].scrollIntoView();
});
