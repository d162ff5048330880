// The page on which a member signs: it makes a key for this browser, and signs what
// its forms say. Without a key, or without this script, the forms are sent to the
// server, which signs in the member's name.
import { available, enter, forget, keep, kept, make, send } from "./sign.js";

const page = document.getElementById("sign");
const { door, network, agent } = page.dataset;
const said = document.getElementById("said");

function tell(sentence, fault) {
  said.textContent = sentence;
  said.classList.toggle("warn", Boolean(fault));
  said.hidden = false;
  said.scrollIntoView({ block: "nearest" });
}

/** state shows the parts of the page that are for it. */
function state(now) {
  for (const part of page.querySelectorAll("[data-when]")) { part.hidden = !part.dataset.when.split(" ").includes(now); }
}

/** work does something on submit, and tells what went wrong; the button waits. */
function work(form, does) {
  form?.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = form.querySelector("button");
    button.disabled = true;
    try {
      await does(new FormData(form));
    } catch (problem) {
      tell(problem.message, true);
    } finally {
      button.disabled = false;
    }
  });
}

/** entered tells what became of an act, and says of the key that signed it that it did. */
function entered(result, key) {
  if (key && result.entry?.signedByAuthor) {
    const used = [...page.querySelectorAll("[data-key]")].find((e) => e.dataset.key === key.publicKey)?.querySelector("[data-used]");
    if (used) { used.textContent = used.dataset.used; }
  }
  const by = result.entry?.signedByAuthor ? said.dataset.device : said.dataset.server;
  tell(`${said.dataset.entered} ${result.sequence}, ${by}`);
}

/** here finds the key of this browser among those of the page; others are deleted. */
async function here() {
  let found = null;
  for (const key of await kept(network, agent)) {
    const row = [...page.querySelectorAll("[data-key]")].find((e) => e.dataset.key === key.publicKey);
    if (!row) {
      await forget(key); // it was withdrawn
      continue;
    }
    row.querySelector("[data-here]").hidden = false;
    found = key;
  }
  return found;
}

async function begin() {
  if (!await available()) { return state("none"); }
  const key = await here();
  state(key ? "signs" : "may");
  work(document.getElementById("make"), async (form) => {
    const fresh = await make({ network, agent });
    await keep(fresh);
    try {
      await enter(door, { kind: "declare", key: crypto.randomUUID(), records: [{ deviceKey: { note: form.get("device"), keyOf: agent, publicKey: fresh.publicKey } }] });
    } catch (problem) {
      await forget(fresh);
      throw problem;
    }
    location.reload();
  });
  work(document.getElementById("act"), async (form) => entered(await (key ? send(door, key, JSON.parse(form.get("act"))) : enter(door, JSON.parse(form.get("act")))), key));
  if (!key) { return; }
  const form = document.getElementById("called");
  work(form, async (fields) => {
    const person = { ...JSON.parse(form.dataset.person) };
    for (const name of ["name", "note"]) {
      person[name] = fields.get(name).replaceAll("\r\n", "\n") || null;
    }
    const id = person.id;
    const result = await send(door, key, { kind: "change", records: [{ person }], seen: [{ id, revisionId: form.dataset.seen }] });
    form.dataset.seen = result.sequence;
    entered(result, key);
  });
}

begin().catch((problem) => tell(problem.message, true));
