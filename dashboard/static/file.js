// Says of a file that is too large so before it is sent, and sends along when it was last changed.
"use strict";
for (const file of document.querySelectorAll("input[type=file][data-most]")) {
  file.addEventListener("change", () => {
    const [chosen] = file.files;
    const most = Number(file.dataset.most);
    file.setCustomValidity(chosen && chosen.size > most ? `This file is larger than ${most / 1e6} MB.` : "");
    file.reportValidity();
    file.form.elements.saved_at.value = chosen ? chosen.lastModified : "";
  });
}
