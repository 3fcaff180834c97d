"use strict";

/* What the pages need beyond htmx: focus, the native dialog, and words for screen readers. All pages work without it. */

const announce = (words) => {
  const announcer = document.getElementById("announcer");
  announcer.textContent = "";
  // A live region speaks when its text changes, so the same words twice need a pause between.
  window.setTimeout(() => { announcer.textContent = words; }, 50);
};

const focusErrorSummary = (root) => root.querySelector("[data-error-summary]")?.focus();

/* The dialog's opener is remembered by id: its row may be replaced while the dialog is open. */
let openerId = null;

const closeDialog = () => document.querySelector("dialog[open]")?.close();

document.addEventListener("DOMContentLoaded", () => {
  focusErrorSummary(document);
  document.querySelectorAll("dialog").forEach((dialog) => {
    dialog.addEventListener("close", () => {
      dialog.replaceChildren();
      document.getElementById(openerId)?.focus();
    });
  });
});

document.addEventListener("htmx:after:swap", () => {
  document.querySelectorAll("dialog:not([open])").forEach((dialog) => {
    if (dialog.childElementCount) {
      openerId = document.activeElement?.id || null;
      dialog.showModal();
    }
  });
  focusErrorSummary(document);
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-close-dialog]")) {
    event.preventDefault();
    closeDialog();
  }
  const errorLink = event.target.closest("[data-error-summary] a");
  if (errorLink) {
    event.preventDefault();
    document.getElementById(errorLink.hash.slice(1))?.focus();
  }
});

/* Sent by the server in HX-Trigger. */
document.addEventListener("portal:saved", (event) => {
  closeDialog();
  announce(event.detail.words);
});
