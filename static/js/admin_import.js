"use strict";

/* A long import says that it works, and is not sent twice. */
document.querySelectorAll("form[data-wait]").forEach((form) => {
  form.addEventListener("submit", () => {
    form.querySelector("[role=status]").textContent = form.dataset.wait;
    // Disabled only after the form's own values are gathered.
    window.setTimeout(() => form.querySelectorAll("[type=submit]").forEach((button) => { button.disabled = true; }), 0);
  });
});

/* Back from the next page: the buttons work again. */
window.addEventListener("pageshow", () => {
  document.querySelectorAll("form[data-wait] [type=submit]").forEach((button) => { button.disabled = false; });
});

document.querySelector(".errornote[role=alert]")?.focus();
