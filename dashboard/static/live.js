// Keeps the line of data health fresh, once a minute while the page is in view.
// Without this file the page is whole.
"use strict";
const live = document.querySelector("#live[data-from]");
setInterval(async () => {
  if (!live || document.hidden) return;
  try {
    const answer = await fetch(live.dataset.from);
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("live");
    [...(fresh ? fresh.children : [])].forEach((part, n) => {
      const old = live.children[n]; // what is the same is not read out again
      if (old.textContent !== part.textContent) old.replaceChildren(...part.childNodes);
    });
  } catch {} // there is no way to it now: in a minute, perhaps
}, 60000);
