"use strict";

/* A file that takes long says that it works, and is not sent twice. */
document.querySelectorAll("form[data-wait]").forEach((form) => {
  form.addEventListener("submit", () => {
    form.querySelector("[role=status]").textContent = form.dataset.wait;
    form.querySelectorAll("[data-spinner]").forEach((spinner) => { spinner.hidden = false; });
    // Disabled only after the form's own values are gathered.
    window.setTimeout(() => form.querySelectorAll("button, [type=submit]").forEach((button) => { button.disabled = true; }), 0);
  });
});

/* Back from the next page: the buttons work again, and nothing is under way. */
window.addEventListener("pageshow", () => {
  document.querySelectorAll("form[data-wait]").forEach((form) => {
    form.querySelector("[role=status]").textContent = "";
    form.querySelectorAll("[data-spinner]").forEach((spinner) => { spinner.hidden = true; });
    form.querySelectorAll("button, [type=submit]").forEach((button) => { button.disabled = false; });
  });
});

document.querySelector(".errornote[role=alert]")?.focus();
