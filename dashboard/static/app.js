// Reads out one day of the chart, by pointer or by arrow keys.
// The numbers are those of the table below it; without this file the page is whole.
"use strict";
const plot = document.querySelector(".plot");
const table = document.querySelector("figure table");
if (plot && table && table.tBodies[0].rows.length) {
  const svg = plot.querySelector("svg");
  const rows = [...table.tBodies[0].rows];
  const names = [...table.tHead.rows[0].cells].map((cell) => cell.textContent);
  const mark = document.createElementNS("http://www.w3.org/2000/svg", "rect");
  const said = document.createElement("p");
  let shown = -1;

  function words(row) {
    const [day, ...cells] = [...row.cells].map((cell) => cell.textContent);
    const unseen = cells.pop();
    const total = cells.pop();
    const parts = cells.map((cell, i) => `${names[i + 1]} ${cell}`).join(", ");
    const posts = total === "1" ? "1 post" : total === "not known" ? "posts not known" : `${total} posts`;
    return `${day}: ${posts}${parts ? ` (${parts})` : ""}.` + (unseen === "0%" ? "" : ` Time not seen: ${unseen}.`);
  }

  function show(i) {
    const next = Math.min(Math.max(i, 0), rows.length - 1);
    if (next === shown) return;
    shown = next;
    mark.setAttribute("x", `${(100 * shown) / rows.length}%`);
    mark.removeAttribute("display");
    said.textContent = words(rows[shown]);
  }

  function hide() {
    shown = -1;
    mark.setAttribute("display", "none");
    said.textContent = "Point at a day, or use the arrow keys on the chart, to read its numbers.";
  }

  function point(event) {
    const across = svg.querySelector(".grid").getBoundingClientRect();
    show(Math.floor((rows.length * (event.clientX - across.left)) / across.width));
  }

  const keys = {
    ArrowLeft: () => show(shown < 0 ? rows.length - 1 : shown - 1),
    ArrowRight: () => show(shown + 1),
    Home: () => show(0),
    End: () => show(rows.length - 1),
    Escape: hide,
  };

  mark.setAttribute("class", "at");
  mark.setAttribute("width", `${100 / rows.length}%`);
  mark.setAttribute("y", "14");
  mark.setAttribute("height", String(svg.height.baseVal.value - 42));
  svg.append(mark);
  said.className = "read";
  said.setAttribute("aria-live", "polite");
  plot.after(said);
  hide();

  // "application": else a screen reader keeps the arrow keys for itself.
  for (const [name, value] of Object.entries({
    tabindex: "0",
    role: "application",
    "aria-label": "Posts per day. The arrow keys read out one day at a time, Home and End the first and last.",
    "aria-describedby": svg.querySelector("desc").id,
  })) plot.setAttribute(name, value);
  plot.addEventListener("pointermove", point);
  plot.addEventListener("pointerdown", point);
  plot.addEventListener("keydown", (event) => {
    if (!(event.key in keys) || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    keys[event.key]();
  });
}
