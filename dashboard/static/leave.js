// "Leave this page" leaves no step back to it, and so do three presses of Escape. Without this the link works all the same.
(() => {
  "use strict";
  const leave = (link) => {
    document.documentElement.hidden = true; // at once, however long the other site takes
    const silent = document.createElement("meta");
    silent.name = "referrer";
    silent.content = "no-referrer";
    document.head.append(silent);
    location.replace(link.href);
  };
  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest("a.leave") : null;
    if (!link || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    leave(link);
  }, true);
  let presses = [];
  document.addEventListener("keydown", (event) => {
    if (event.repeat) return;
    presses = event.key === "Escape" ? [...presses, Date.now()].slice(-3) : [];
    if (presses.length < 3 || presses[2] - presses[0] > 1500) return;
    const link = document.querySelector("a.leave");
    if (link) leave(link);
  }, true);
})();
