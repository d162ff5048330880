// Acts that their author signs in the browser.
//
// A key is an Ed25519 key of WebCrypto that cannot be taken out of the browser; it is
// kept in IndexedDB. A door is the address of a network's GraphQL, such as
// "/home/graphql"; its network is the id of that network. An act is an ActInput of the
// schema: {kind: "change", records: [{person: {id: "agent/ann", name: "Ann"}}]}.
//
//   available() ─► whether this browser makes such keys
//   make({network, agent}) ─► a key; keep(key), kept(network, agent), forget(key)
//   ask(door, query, variables) ─► data, or a Refusal
//   prepare(door, act) ─► what there is to sign: {bytes, author, key, at, salt}
//   sign(key, bytes) ─► the proof: {publicKey, signature}
//   send(door, key, act) ─► prepares, looks at what comes back, signs and enters it
//
// What is signed is what the server writes, since it completes an act from the books.
// send looks whether it is for this network, by this author, of this kind and key, and
// about the records that were meant, before it signs; what each of them says besides
// can be compared by who calls prepare and sign themselves.

/** A Refusal is what the server answered instead of doing something. */
export class Refusal extends Error {
  constructor({ message, extensions = {} }) {
    super(message + (message.endsWith(".") ? "" : ".") + (extensions.hint ? " " + extensions.hint : ""));
    this.code = extensions.code;
    this.place = extensions.place;
    this.values = extensions.values;
  }
}

const text = (bytes) => btoa(Array.from(new Uint8Array(bytes), (b) => String.fromCharCode(b)).join(""));
const bytes = (base64) => Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));

/** available tells whether this browser makes keys that sign acts. */
export async function available() {
  try {
    await crypto.subtle.generateKey({ name: "Ed25519" }, false, ["sign", "verify"]);
    return Boolean(globalThis.indexedDB);
  } catch {
    return false; // it knows no Ed25519, or the page came by neither https nor localhost
  }
}

/** make makes a key for an agent of a network. It is kept by keep, and nowhere before. */
export async function make({ network, agent }) {
  const pair = await crypto.subtle.generateKey({ name: "Ed25519" }, false, ["sign", "verify"]);
  return { network, agent, publicKey: "ed25519:" + text(await crypto.subtle.exportKey("raw", pair.publicKey)), privateKey: pair.privateKey };
}

/** done waits for a request of IndexedDB. */
function done(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

async function keys(mode) {
  const open = indexedDB.open("commonweal", 1);
  open.onupgradeneeded = () => open.result.createObjectStore("keys", { keyPath: ["network", "publicKey"] });
  return (await done(open)).transaction("keys", mode).objectStore("keys");
}

/** keep keeps a key in this browser. */
export async function keep(key) { await done((await keys("readwrite")).put(key)); }

/** forget deletes a key from this browser, for good. */
export async function forget(key) { await done((await keys("readwrite")).delete([key.network, key.publicKey])); }

/** kept lists the keys that this browser has for an agent of a network. */
export async function kept(network, agent) {
  return (await done((await keys("readonly")).getAll())).filter((k) => k.network === network && k.agent === agent);
}

/** ask asks a door, and returns the data. */
export async function ask(door, query, variables) {
  const answer = await fetch(door, {
    method: "POST", credentials: "same-origin", body: JSON.stringify({ query, variables }),
    headers: { "Content-Type": "application/json", Accept: "application/graphql-response+json, application/json" },
  });
  const said = await answer.json();
  if (said.errors) { throw new Refusal(said.errors[0]); }
  return said.data;
}

/** prepare asks what there is to sign of an act; bytes is null if it was entered before. */
export async function prepare(door, act) {
  const { prepare: p } = await ask(door, "query($act: ActInput!) { prepare(act: $act) { bytes author key at salt } }", { act });
  return { ...p, bytes: p.bytes && bytes(p.bytes) };
}

/** sign signs bytes with a key. */
export async function sign(key, signed) {
  return { publicKey: key.publicKey, signature: text(await crypto.subtle.sign({ name: "Ed25519" }, key.privateKey, signed)) };
}

/** meant throws where what is to be signed is not the act that was meant. */
function meant(prepared, act, key) {
  const { act: is, network } = JSON.parse(new TextDecoder().decode(prepared.bytes));
  const ids = (is.records ?? []).map((r) => r["@id"]);
  const about = is.of ?? [];
  const asked = (act.records ?? []).map((r) => Object.values(r)[0].id).filter(Boolean);
  if (network !== key.network || is.author !== key.agent || is.kind !== act.kind || is.key !== prepared.key || act.key && is.key !== act.key
    || !asked.every((id) => ids.includes(id)) || !(act.of ?? []).every((id) => about.includes(id))) {
    throw new Error("What the server gave to be signed is not the act that was meant; nothing was signed.");
  }
}

const tries = 3;

/**
 * send has an act signed by a key and entered, once, and returns its result: the
 * sequence of its entry, and whether it was entered before. Where the books change
 * between preparing and entering, it is prepared anew.
 */
export async function send(door, key, act) {
  act = { ...act, key: act.key ?? crypto.randomUUID() };
  for (let n = 1; ; n++) {
    const prepared = await prepare(door, act);
    const signed = { ...act };
    if (prepared.bytes) {
      meant(prepared, act, key);
      Object.assign(signed, { at: prepared.at, salt: prepared.salt, proof: await sign(key, prepared.bytes) });
    }
    try {
      return await enter(door, signed);
    } catch (problem) {
      if (problem.code !== "badProof" || n === tries) { throw problem; }
    }
  }
}

/** enter enters an act as it is; without a proof the server signs it. */
export async function enter(door, act) {
  const query = "mutation($acts: [ActInput!]!) { do(acts: $acts) { sequence repeated entry { signedByAuthor } } }";
  return (await ask(door, query, { acts: [act] })).do[0];
}
