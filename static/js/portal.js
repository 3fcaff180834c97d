"use strict";

/* What the pages need beyond htmx: focus, the native dialog, and words for screen readers. All pages work without it. */

const announce = (words) => {
  // Behind an open dialog everything is inert, live regions too.
  const announcer = document.querySelector("dialog[open] [data-announcer]") ?? document.getElementById("announcer");
  announcer.textContent = "";
  // A live region speaks when its text changes, so the same words twice need a pause between.
  window.setTimeout(() => { announcer.textContent = words; }, 50);
};

const focusErrorSummary = (root) => root.querySelector("[data-error-summary]")?.focus();

/* What a dialog shows says itself which button leads to it: its row may be replaced, or be on another page by now. */
const shownIn = (dialog) => dialog.querySelector("[data-opener]");

const closeDialog = () => document.querySelector("dialog[open]")?.close();

/* A window opens at its heading, which says whom it is about: where the choice would be out of sight, the heading has the focus. */
const focusFirstChoice = (shown, dialog) => {
  const choice = shown.querySelector("input:checked") ?? shown.querySelector("input:not([type=hidden])");
  choice?.focus({ preventScroll: true });
  dialog.scrollTop = 0;
  if (choice?.labels[0].getBoundingClientRect().bottom > dialog.getBoundingClientRect().bottom) shown.querySelector("[tabindex]")?.focus();
};

const returnToOpener = async ({ opener, openerUrl, openerTarget }) => {
  if (!document.getElementById(opener)) await htmx.ajax("GET", openerUrl.split("#")[0], { target: openerTarget, swap: "outerHTML" });
  document.getElementById(opener)?.focus();
};

document.addEventListener("DOMContentLoaded", () => focusErrorSummary(document));

// Neither bubbles up from a dialog nor survives htmx's exchange of the whole body: caught on its way down.
document.addEventListener("close", (event) => {
  const shown = shownIn(event.target);
  if (!shown) return;
  shown.remove();
  // What was said of one student is not read out with the next.
  event.target.querySelectorAll("[data-announcer]").forEach((announcer) => { announcer.textContent = ""; });
  returnToOpener(shown.dataset);
}, true);

let lastShown = null;

document.addEventListener("htmx:after:swap", (event) => {
  document.querySelectorAll("dialog").forEach((dialog) => {
    const shown = shownIn(dialog);
    if (!shown || shown === lastShown) return;
    lastShown = shown;
    if (!dialog.open) dialog.showModal();
    focusFirstChoice(shown, dialog);
  });
  focusErrorSummary(document);
  // What had the focus is gone with the old part: the heading of what came instead takes it, and is read for that.
  const heading = document.activeElement === document.body && document.querySelector("[data-takes-lost-focus]");
  if (heading) {
    heading.focus({ preventScroll: true });
    announce("");
  }
  const announced = document.getElementById(event.detail.ctx.sourceElement?.dataset.announce);
  if (announced) announce(announced.textContent);
});

/* Answers that are pages of their own (404, 503) would land inside the dialog or the list: they take the whole page. */
document.addEventListener("htmx:after:request", (event) => {
  const { ctx } = event.detail;
  if (ctx.response.status >= 400 && ![409, 422].includes(ctx.response.status)) Object.assign(ctx, { target: document.body, swap: "outerSync" });
});

/* No answer, or none but that the database is away: said where one looks, until there is one. What was typed stays. */
const sayUnreachable = (unreachable) => {
  const words = document.querySelectorAll("[data-unreachable]");
  words.forEach((each) => { each.hidden = !unreachable; });
  return unreachable && words.length > 0;
};

document.addEventListener("htmx:error", () => sayUnreachable(true));
document.addEventListener("htmx:before:response", (event) => {
  if (sayUnreachable(event.detail.ctx.response.status === 503)) event.preventDefault();
});

/* In a group of radio buttons a letter chooses the first that begins with it, or presses the button that names it. */
document.addEventListener("keydown", (event) => {
  const group = event.target.type === "radio" && event.target.closest("[data-letter-keys]");
  if (!group || event.repeat || event.altKey || event.ctrlKey || event.metaKey) return;
  if (event.key.length !== 1 || event.key === " ") return;
  const button = [...event.target.form.querySelectorAll("[data-letter-key]")].find(({ dataset }) => dataset.letterKey === event.key.toLowerCase());
  if (button) button.click();
  const choice = [...group.querySelectorAll("input[type=radio]")].find(
    (radio) => radio.labels[0].textContent.trim().toLowerCase().startsWith(event.key.toLowerCase()),
  );
  if (!choice) return;
  choice.focus();
  choice.click();
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

document.addEventListener("portal:announce", (event) => announce(event.detail.words));

/* Vis adgangskode: of the form it stands in. What is sent is a password again, so that the browser offers to keep it. */
const showPasswords = (button, isShown) => {
  if (isShown === ("isShown" in button.dataset)) return;
  button.toggleAttribute("data-is-shown", isShown);
  button.form.querySelectorAll("[data-is-password]").forEach((input) => { input.type = isShown ? "text" : "password"; });
  [button.textContent, button.dataset.otherWords] = [button.dataset.otherWords, button.textContent];
};

document.addEventListener("DOMContentLoaded", () => {
  document.querySelectorAll("[data-shows-passwords]").forEach((button) => {
    button.form.querySelectorAll("input[type=password]").forEach((input) => { input.dataset.isPassword = ""; });
    button.addEventListener("click", () => showPasswords(button, !("isShown" in button.dataset)));
    button.form.addEventListener("submit", () => showPasswords(button, false));
    button.hidden = false;
  });
});
