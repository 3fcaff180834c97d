"use strict";

/* Asks the browser for a security key or a passkey, and sends what it answers as an ordinary form. */
const ceremony = document.querySelector("form[data-webauthn]");

if (ceremony && webauthnJSON.supported()) {
  const { webauthn, options } = ceremony.dataset;
  ceremony.querySelector("[data-webauthn-start]").hidden = false;
  ceremony.querySelector("[data-webauthn-unable]").hidden = true;
  ceremony.addEventListener("submit", async (event) => {
    event.preventDefault();
    const failed = ceremony.querySelector("[data-webauthn-failed]");
    failed.hidden = true;
    try {
      const credential = await webauthnJSON[webauthn](JSON.parse(options));
      ceremony.elements.credential.value = JSON.stringify(credential);
      ceremony.submit();
    } catch {
      // Cancelled, timed out or an unknown key: the browser does not say which.
      failed.hidden = false;
    }
  });
}
