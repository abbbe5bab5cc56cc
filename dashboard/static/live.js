// Keeps the line of data health fresh while the page is in view. Without this file the page is whole.
"use strict";
const live = document.querySelector("#live[data-from]");
setInterval(async () => {
  if (!live || document.hidden) return;
  try {
    const page = await (await fetch(live.dataset.from)).text();
    const fresh = new DOMParser().parseFromString(page, "text/html").getElementById("live");
    [...(fresh?.children ?? [])].forEach((part, n) => {
      const old = live.children[n]; // the same is not read out again
      if (old.textContent !== part.textContent) old.replaceChildren(...part.childNodes);
    });
  } catch {} // again in a minute
}, 60000);
