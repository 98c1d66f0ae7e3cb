// Offers to run the page's cells; what that takes is loaded on the click (frenemies_build/live/page/).
(() => {
  "use strict";
  const bar = document.querySelector(".live-bar");
  if (!bar) return;
  bar.hidden = false;
  const home = new URL(bar.dataset.home || "./", document.baseURI);
  const button = bar.querySelector(".live-start");
  const size = bar.querySelector(".live-size");

  // The next best way, whatever is wrong.
  function elsewhere() {
    const sentence = document.createElement("span");
    const link = document.createElement("a");
    link.href = new URL("chapters/back/run.html", home);
    link.textContent = "Run the notebooks";
    sentence.append("Other ways to run it are on the page ", link, ".");
    return sentence;
  }
  function explain(text) {
    button.hidden = true;
    size.replaceChildren(`${text} `, elsewhere());
    size.setAttribute("role", "status");
  }
  if (location.protocol === "file:") {
    explain("To run this page here, open it from a web server: a page opened from disk may not start Python.");
    return;
  }
  if (!window.Worker || !window.WebAssembly || !window.DecompressionStream) {
    explain("This browser is too old to run this page.");
    return;
  }
  try {
    if (Object.keys(localStorage).some((key) => key.startsWith("frenemies-edits:") && key.slice(16).replaceAll("/", "-") === bar.dataset.page)) {
      size.textContent = `Your changes from last time are kept. ${size.textContent}`;
    }
  } catch {
    // no storage here: then there are no changes to speak of
  }
  button.addEventListener("click", async () => {
    button.disabled = true;
    button.textContent = "Loading";
    try {
      const answer = await fetch(new URL("live/live.json", home), { cache: "no-cache" });
      if (!answer.ok) throw new Error(`a file is missing from this site (error ${answer.status})`);
      const { script, bytes } = await answer.json();
      const { mount } = await import(new URL(`live/python/${script}`, home));
      const page = await mount(bar, home, bytes, elsewhere);
      await page.runAll();
    } catch (error) {
      const cause = error instanceof TypeError ? "the network is gone, or a file is missing from this site" : error.message;
      explain(`This page could not be started: ${cause}.`);
    }
  });
})();
