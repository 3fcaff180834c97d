"use strict";

/* What scrolls sideways on a narrow screen can be scrolled by keyboard, and says what it is. */
document.addEventListener("DOMContentLoaded", () => {
  const heading = document.querySelector("#content h1");
  if (!heading) return;
  heading.id ||= "page-heading";
  document.querySelectorAll(".results, #change-history").forEach((area) => {
    area.tabIndex = 0;
    area.setAttribute("role", "region");
    area.setAttribute("aria-labelledby", heading.id);
  });
});

/* The names that the admin's search-as-you-type fields lack for screen readers. */
(() => {
  const $ = window.django?.jQuery;
  if (!$) return;
  const nameFields = () => {
    document.querySelectorAll("select.admin-autocomplete").forEach((select) => {
      const label = document.querySelector(`label[for="${select.id}"]`);
      const box = select.nextElementSibling?.querySelector("[role=combobox]");
      const shown = box?.querySelector(".select2-selection__rendered");
      if (!label || !shown) return;
      label.id ||= `${select.id}_label`;
      shown.setAttribute("aria-labelledby", label.id);
      box.setAttribute("aria-labelledby", `${label.id} ${shown.id}`);
      box.setAttribute("aria-controls", `select2-${select.id}-results`);
    });
  };
  // The library makes its fields when the page is ready, and takes the attributes away when a list closes.
  $(nameFields);
  $(document).on("select2:close change", "select.admin-autocomplete", nameFields);
  $(document).on("select2:open", "select.admin-autocomplete", (event) => {
    nameFields();
    const label = document.querySelector(`label[for="${event.target.id}"]`);
    const name = label.textContent.replace(/:\s*$/, "");
    const search = document.querySelector(".select2-container--open .select2-search__field");
    search.setAttribute("aria-label", name);
    const dropdown = search.closest(".select2-container");
    dropdown.setAttribute("role", "region");
    dropdown.setAttribute("aria-label", name);
    search.focus();
  });
})();
