// Passkeys: a button says where a ceremony begins (data-begin) and where its answer
// goes (data-answer), from which form it takes fields (data-with), and where to go
// then (data-then). Without passkeys in the browser the buttons stay hidden.
"use strict";

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

async function send(address, body) {
  const answer = await fetch(address, {
    method: "POST", credentials: "same-origin", headers: { "Content-Type": "application/json", Accept: "application/json" }, body: JSON.stringify(body),
  });
  const said = await answer.json();
  if (said.refusal && said.refusal.rule === "confirmFirst") { location.assign("/account/confirm"); }
  if (!answer.ok) { throw new Error(said.refusal ? said.refusal.sentence + " " + said.refusal.hint : said.error); }
  return said;
}

async function perform(options) {
  const o = options.publicKey;
  o.challenge = bytes(o.challenge);
  if (o.user) {
    o.user.id = bytes(o.user.id);
    for (const c of o.excludeCredentials || []) { c.id = bytes(c.id); }
    return navigator.credentials.create({ publicKey: o });
  }
  return navigator.credentials.get({ publicKey: o });
}

function written(c) {
  const r = c.response;
  const response = { clientDataJSON: text(r.clientDataJSON) };
  if (r.attestationObject) {
    response.attestationObject = text(r.attestationObject);
    response.transports = r.getTransports ? r.getTransports() : [];
  } else {
    response.authenticatorData = text(r.authenticatorData);
    response.signature = text(r.signature);
    if (r.userHandle) { response.userHandle = text(r.userHandle); }
  }
  return { id: c.id, rawId: text(c.rawId), type: c.type, response, clientExtensionResults: c.getClientExtensionResults() };
}

async function run(button) {
  const fields = {};
  const form = button.dataset.with && document.getElementById(button.dataset.with);
  if (form) {
    for (const [name, value] of new FormData(form)) { if (name !== "password") { fields[name] = value; } }
  }
  const begun = await send(button.dataset.begin, fields);
  const key = await perform(begun.options);
  const said = await send(button.dataset.answer, { ...fields, then: button.dataset.then, ceremony: begun.ceremony, response: written(key) });
  location.assign(said.next || button.dataset.then);
}

function tell(problem) {
  const place = document.getElementById("said");
  const p = document.createElement("p");
  p.textContent = problem.message;
  place.replaceChildren(p);
  place.hidden = false;
}

if (window.PublicKeyCredential) {
  for (const part of document.querySelectorAll("[data-needs=passkeys]")) { part.hidden = false; }
  for (const button of document.querySelectorAll("button[data-begin]")) {
    button.addEventListener("click", () => {
      button.disabled = true;
      run(button).catch(tell).finally(() => { button.disabled = false; });
    });
  }
}
