// Reads out a chart's numbers by pointer or by arrow keys, from the table below it.
// Without this file the page is whole.
"use strict";
const set = (element, values) => Object.entries(values).forEach((pair) => element.setAttribute(...pair));
for (const plot of document.querySelectorAll(".plot")) {
  const table = plot.parentElement.querySelector("table");
  const rows = table ? [...table.tBodies[0].rows].map((row) => [...row.cells].map((cell) => cell.textContent)) : [];
  if (!rows.length) continue;
  const head = [...table.tHead.rows[0].cells].map((cell) => cell.textContent);
  const grid = "grid" in plot.dataset;
  const across = grid ? head.length - 1 : rows.length;
  const down = grid ? rows.length : 1;
  const svg = plot.querySelector("svg");
  const [top, bottom] = [Number(svg.dataset.top), Number(svg.dataset.bottom)];
  const mark = document.createElementNS("http://www.w3.org/2000/svg", "rect");
  const said = document.createElement("p");
  let at = null;

  function words([x, y]) {
    if (grid) return `${rows[y][0]}, ${head[x + 1]}: ${rows[y][x + 1]}`;
    return `${rows[x][0]}: ` + rows[x].slice(1).map((cell, i) => `${head[i + 1]} ${cell}`).join(", ");
  }

  function show(x, y) {
    const held = (number, most) => Math.min(Math.max(number, 0), most - 1);
    at = [held(x, across), held(y, down)];
    set(mark, { x: `${(100 * at[0]) / across}%`, y: top + ((bottom - top) * at[1]) / down });
    mark.removeAttribute("display");
    const now = words(at);
    if (said.textContent !== now) said.textContent = now;
  }

  function hide() {
    at = null;
    mark.setAttribute("display", "none");
    said.textContent = "";
  }

  function point(event) {
    const box = svg.getBoundingClientRect();
    const left = box.left + parseFloat(getComputedStyle(svg).paddingLeft);
    show(
      Math.floor((across * (event.clientX - left)) / (box.right - left)),
      Math.floor((down * (event.clientY - box.top - top)) / (bottom - top)),
    );
  }

  const moves = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  const ends = { Home: [0, 0], End: [across - 1, down - 1] };

  const open = () => at && !grid && table.tBodies[0].rows[at[0]].querySelector("a")?.click();

  function press(event) {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.target !== plot) return;
    if (event.key === "Escape") hide();
    else if (event.key === "Enter") open();
    else if (event.key in ends) show(...ends[event.key]);
    else if (event.key in moves && (grid || moves[event.key][1] === 0)) {
      const [x, y] = moves[event.key];
      if (at) show(at[0] + x, at[1] + y);
      else show(...(x + y < 0 ? ends.End : ends.Home));
    } else return;
    event.preventDefault();
  }

  set(mark, { class: "at", width: `${100 / across}%`, height: (bottom - top) / down });
  svg.append(mark);
  said.className = "read";
  said.setAttribute("aria-live", "polite");
  plot.after(said);
  hide();

  // Else a screen reader keeps the arrow keys.
  set(plot, {
    tabindex: "0",
    role: "application",
    "aria-label": `${svg.querySelector("title").textContent}. Use the arrow keys to read the chart.`,
    "aria-describedby": svg.querySelector("desc").id,
  });
  plot.addEventListener("pointermove", point);
  plot.addEventListener("pointerdown", point);
  plot.addEventListener("keydown", press);
  plot.addEventListener("click", (event) => event.target.closest("a") || open());
}
