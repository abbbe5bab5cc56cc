// "/": the search box. Arrows: the days before and after. Choices have keys.
"use strict";
addEventListener("keydown", (event) => {
  if (event.altKey || event.ctrlKey || event.metaKey) return;
  const step = { ArrowLeft: "prev", ArrowRight: "next" }[event.key];
  if (step && event.target === document.body) document.querySelector(`.step [rel=${step}]`)?.click();
  if (event.key !== "/" || event.target.closest("input:not([type=radio], [type=checkbox]), textarea, select")) return;
  event.preventDefault();
  document.getElementById("search").focus();
});
for (const form of document.querySelectorAll("form.reading")) {
  let sent = false;
  form.addEventListener("submit", (event) => {
    if (sent) event.preventDefault(); // a second key
    sent = true;
  });
  addEventListener("pageshow", () => (sent = false)); // come back to
  form.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.repeat) return;
    const chosen = form.querySelector(`[data-key="${CSS.escape(event.key.toLowerCase())}"]`);
    if (!chosen) return;
    event.preventDefault();
    if (chosen.type === "radio") chosen.checked = true;
    else chosen.click();
  });
}
