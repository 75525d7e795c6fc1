// Starts the app once the plain page is painted, and hands over it to the app when that shows its heading.
(() => {
  "use strict";
  // The server is at the root of this address; without this the app asks for it under the page's own path first.
  window.__streamlit = { BACKEND_BASE_URL: location.origin + "/" };
  const plain = document.getElementById("plain");
  const root = document.getElementById("root");
  const tags = document.getElementById("app");
  if (!plain || !root || !tags) return;
  let started = false;
  const start = () => {
    if (started) return;
    started = true;
    for (const tag of tags.content.querySelectorAll("link, script")) {
      const copy = document.createElement(tag.localName); // a cloned script would not run
      for (const { name, value } of tag.attributes) copy.setAttribute(name, value);
      document.head.append(copy);
    }
  };
  requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(start)));
  setTimeout(start, 500); // where nothing is painted: a page in the background
  root.inert = true; // until it takes over, one page for screen readers and the keyboard
  const begun = Date.now();
  let scrolling = false; // by the reader, not by an address that leads to a place on the page
  for (const kind of ["wheel", "touchmove", "keydown"]) {
    plain.addEventListener(kind, () => { scrolling = true; }, { passive: true });
  }
  const typing = () => {
    const at = document.activeElement;
    return at && plain.contains(at) && at.matches("input, select, textarea");
  };
  const ready = () => {
    const main = document.querySelector('[data-testid="stMain"]');
    if (!main || !main.querySelector("h1")) return false;
    const app = document.querySelector('[data-testid="stApp"]');
    const settled = !app || app.dataset.testScriptState === "notRunning" || Date.now() - begun > 8000;
    return settled && !typing() && !(scrolling && plain.scrollTop > window.innerHeight);
  };
  const takeOver = () => {
    const main = document.querySelector('[data-testid="stMain"]');
    const focused = plain.contains(document.activeElement) ? document.activeElement : null;
    const target = focused && focused.matches("a[href]") ? focused.getAttribute("href") : null;
    const scrolled = plain.scrollTop;
    root.inert = false;
    plain.remove();
    main.scrollTop = scrolled;
    if (target) {
      for (const link of document.querySelectorAll("a[href]")) {
        if (link.getAttribute("href") === target) { link.focus({ preventScroll: true }); break; }
      }
    }
    if (location.hash.length > 1) {
      const place = document.getElementById(decodeURIComponent(location.hash.slice(1)));
      if (place) {
        for (let fold = place.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
        place.scrollIntoView();
        if (!place.matches("a[href], button, input, select, textarea, [tabindex]")) place.tabIndex = -1;
        place.focus({ preventScroll: true }); // the next Tab goes on from there
      }
    }
  };
  // An opened fold stands in the address, so that whoever is sent it sees what is in it.
  document.addEventListener("click", (event) => {
    const summary = event.target instanceof Element ? event.target.closest("details[id] > summary") : null;
    if (!summary || event.defaultPrevented) return;
    const fold = summary.parentElement, own = "#" + fold.id;
    if (fold.open && location.hash !== own) return; // it is being closed
    history.replaceState(history.state, "", location.pathname + location.search + (fold.open ? "" : own));
  });
  const timer = setInterval(() => {
    if (!ready()) return;
    clearInterval(timer);
    takeOver();
  }, 60);
})();
