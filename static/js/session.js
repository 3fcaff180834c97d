"use strict";

/* Warns before the server ends the session. The server decides: it is asked before anything is said, because another
   window may have been used meanwhile, and asking is no activity. */
(() => {
  const watch = document.getElementById("session-watch");
  const WARN_BEFORE = 120;
  const WARN_BEFORE_LAST = 300;
  let ends = 0;
  let endsAtMost = 0;
  let shown = "";
  let lastIsKnown = false;
  let typedIn = null;

  const learn = ({ left, atMost }) => {
    ends = Date.now() + left * 1000;
    endsAtMost = Date.now() + atMost * 1000;
  };

  const ask = async (options) => learn(await (await fetch(watch.dataset.address, options)).json());

  const secondsTo = (moment) => (moment - Date.now()) / 1000;

  const state = () => {
    if (secondsTo(ends) <= 0) return "ended";
    if (secondsTo(endsAtMost) <= WARN_BEFORE_LAST) return lastIsKnown ? "" : "last";
    return secondsTo(ends) <= WARN_BEFORE ? "soon" : "";
  };

  const show = (name) => {
    shown = name;
    document.body.toggleAttribute("data-session-ended", name === "ended");
    if (!name) return watch.close();
    for (const part of watch.querySelectorAll("[data-soon]")) part.textContent = part.dataset[name];
    for (const act of watch.querySelectorAll("[data-for]")) act.hidden = act.dataset.for !== name;
    // Always the last child of the body, or a dialog that was opened later would lie above it.
    if (watch.open) watch.close();
    watch.showModal();
    document.getElementById("session-heading").focus();
  };

  const look = async () => {
    if (state() === shown) return;
    try {
      await ask();
    } catch {
      // The server cannot be asked: what was known goes on.
    }
    if (state() !== shown) show(state());
  };

  learn({ left: Number(watch.dataset.left), atMost: Number(watch.dataset.atMost) });
  window.setInterval(look, 5000);
  document.addEventListener("visibilitychange", look);
  document.addEventListener("input", (event) => {
    const { form } = event.target;
    if (form?.method === "post") typedIn = form;
  });
  watch.addEventListener("cancel", (event) => { if (shown === "ended") event.preventDefault(); });
  watch.addEventListener("close", () => { if (shown === "last") lastIsKnown = true; });
  watch.addEventListener("submit", async (event) => {
    event.preventDefault();
    await ask({ method: "POST", body: new FormData(event.target) });
    show(state());
  });
  watch.addEventListener("click", (event) => {
    const act = event.target.closest("[data-for]")?.dataset.for;
    if (act === "last") {
      lastIsKnown = true;
      show("");
    }
    if (act !== "ended") return;
    // Sent as it is: the server keeps it, asks who it is, and gives it back.
    if (typedIn?.isConnected) typedIn.requestSubmit();
    else window.location.reload();
  });
})();
