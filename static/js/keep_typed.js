// What is typed on a page is kept by the server after a pause, and when the page is left; it says whether that was done.
// The browser itself keeps unsent text only where the person says that the device is theirs.

const PAUSE = 1500; // milliseconds without a key
const APART = 4000; // at least between two writings
const AGAIN = 10000; // after one that failed
const PATIENCE = 10000; // for an answer
const SMALL = 60000; // bytes that a request may have which outlives its page
const MARKS = ["csrf_token", "version", "open_page"]; // of the page, and not of whoever types
const OWN = "typed-whose"; // in this browser's storage: whose device it is
const TOO_OFTEN = 429;

const form = document.querySelector("form[data-typed]");
const said = form.querySelector("[data-typed-said]");
const texts = document.getElementById("typed-texts").dataset;
const own = document.querySelector("[data-own-device]");
const tick = own.querySelector("input");
const place = own.dataset.ownDevice;
const { whose } = form.dataset;

function pairs() {
  const given = Array.from(new FormData(form)).filter(([, value]) => typeof value === "string");
  return given.filter(([name]) => !MARKS.includes(name));
}

const written = () => JSON.stringify(pairs());

let kept = form.hasAttribute("data-unkept") ? null : written(); // as the server has it
let sending = null;
let flying = null; // what is being sent
let timer = 0;
let last = 0;
let isCut = false; // the last try did not reach the server
let isStopped = false; // refused: it is not tried again until something is typed
let isHeld = false; // the storage holds something older, of which is not decided yet
let isSaving = false; // the form itself is on its way

const isWaiting = () => !isSaving && written() !== kept;

function say(words) {
  if (said.textContent !== words) said.textContent = words;
}

// ── the browser's own storage ──

function stored(work) {
  try {
    return work(localStorage);
  } catch {
    return null; // no storage: nothing is kept, and nothing is promised
  }
}

function forget(storage, which = (name) => name.startsWith("typed")) {
  Object.keys(storage).filter(which).forEach((name) => storage.removeItem(name));
}

const isOwn = () => stored((storage) => storage.getItem(OWN)) === whose;

function store() {
  if (!isOwn() || isHeld) return;
  if (isWaiting()) {
    const entry = { at: new Date().toISOString(), version: form.elements.version.value, typed: pairs() };
    stored((storage) => storage.setItem(place, JSON.stringify(entry)));
  } else {
    stored((storage) => storage.removeItem(place));
  }
}

// ── to the server ──

async function send() {
  clearTimeout(timer);
  const sent = written();
  const body = new URLSearchParams(pairs());
  for (const name of MARKS) body.append(name, form.elements[name].value);
  const keepalive = body.toString().length < SMALL;
  [flying, last] = [sent, Date.now()];
  let status = 0;
  let words = "";
  try {
    const signal = AbortSignal.timeout(PATIENCE);
    const answer = await fetch(form.dataset.typed, { method: "POST", body, keepalive, signal, redirect: "error" });
    if (answer.headers.get("Content-Type")?.startsWith("text/plain")) words = await answer.text();
    ({ status } = answer);
  } catch {
    status = 0;
  }
  flying = null;
  isCut = !status || status >= 500;
  if (status === 200) kept = sent;
  isStopped = status >= 400 && status < 500 && status !== TOO_OFTEN;
  if (isSaving) return;
  if (isCut) say(isOwn() && !isHeld ? texts.offlineOwn : texts.offline);
  else say(words || ([400, 401, 403].includes(status) ? texts.lost : texts.failed));
  store();
  if (isWaiting() && !isStopped) later(status === 200 ? PAUSE : AGAIN);
}

function flush() {
  sending ??= send().finally(() => (sending = null));
  return sending;
}

// Until the newest is kept, or cannot be.
async function settle() {
  await flush();
  if (isWaiting() && !isCut && !isStopped) await flush();
}

function later(pause = PAUSE) {
  clearTimeout(timer);
  timer = setTimeout(() => isWaiting() && flush(), Math.max(pause, last + APART - Date.now()));
}

function changed() {
  isStopped = false;
  store();
  if (isWaiting()) later();
}

form.addEventListener("input", changed);
form.addEventListener("change", () => {
  changed();
  if (isWaiting() && Date.now() - last > APART) flush();
});
setInterval(() => isWaiting() && !isStopped && !isCut && Date.now() - last > AGAIN && flush(), AGAIN); // put in by scripts
addEventListener("online", () => isWaiting() && flush());
document.addEventListener("visibilitychange", () => document.hidden && isWaiting() && !isStopped && flush());
addEventListener("pagehide", () => isWaiting() && !isStopped && written() !== flying && send());
addEventListener("pageshow", (event) => event.persisted && (isSaving ? location.reload() : changed()));
addEventListener("beforeunload", (event) => {
  if (!isWaiting()) return;
  if (!isStopped) flush();
  event.preventDefault();
});

// ── leaving by a link or another form, and saving ──

document.addEventListener("click", async (event) => {
  const link = event.target.closest("a[href]");
  const isPlain = link && !link.target && event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey;
  const leads = isPlain && (link.pathname !== location.pathname || link.search !== location.search);
  if (event.defaultPrevented || !leads || !isWaiting() || isCut || isStopped) return;
  event.preventDefault();
  await settle();
  location.assign(link.href);
});

function saved(isOver) {
  isSaving = !isOver;
  clearTimeout(timer);
  if (isOver) changed();
}

document.addEventListener(
  "submit",
  async (event) => {
    const { target, submitter } = event;
    const isOther = target !== form;
    if (isOther && target.getAttribute("action").endsWith("/sign-out")) stored(forget);
    const isWorking = Boolean(navigator.serviceWorker?.controller); // which answers without network, too
    // What is still on its way would come after the form and write over what is newer in it.
    const waits = isOther ? isWaiting() && !isCut && !isStopped : sending || (isCut && !isWorking);
    if (waits) {
      event.preventDefault();
      event.stopPropagation();
      await (isOther || isCut ? settle() : sending);
      if (isOther || isWorking || !isCut) target.requestSubmit(submitter);
      else said.scrollIntoView({ block: "center" });
    } else if (!isOther) {
      saved(false);
      setTimeout(saved, AGAIN, true); // it went nowhere: the page is still there
    }
  },
  true,
);
navigator.serviceWorker?.addEventListener("message", () => saved(true)); // without network, likewise

// ── what the device has kept ──

function putIn(typed) {
  const names = new Set(pairs().map(([name]) => name));
  for (const field of form.elements) {
    if (!field.name || MARKS.includes(field.name) || field.type === "file") continue;
    const values = typed.filter(([name]) => name === field.name).map(([, value]) => value);
    if (field.type === "radio" || field.type === "checkbox") field.checked = values.includes(field.value);
    else if (field.type !== "submit" && names.has(field.name) && values.length) field.value = values[0];
  }
  form.dispatchEvent(new Event("change", { bubbles: true }));
}

function restore() {
  const found = stored((storage) => storage.getItem(place));
  if (!found) return;
  const entry = JSON.parse(found);
  if (JSON.stringify(entry.typed) === kept) {
    stored((storage) => storage.removeItem(place));
    return;
  }
  const when = new Date(entry.at).toLocaleString(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" });
  const note = document.createElement("div");
  note.className = "ry-notice";
  note.dataset.state = "review";
  note.setAttribute("role", "status");
  const words = document.createElement("p");
  const isSame = entry.version === form.elements.version.value && !document.querySelector("[data-restored]");
  words.textContent = (isSame ? texts.fromDevice : texts.older).replace("{when}", when);
  note.append(words);
  form.before(note);
  if (isSame) {
    putIn(entry.typed);
    return;
  }
  isHeld = true;
  const choose = (label, work) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "ry-btn ry-btn--line ry-btn--sm";
    button.textContent = label;
    button.addEventListener("click", () => {
      isHeld = false;
      work();
      note.remove();
    });
    note.append(button);
  };
  choose(texts.take, () => putIn(entry.typed));
  choose(texts.drop, () => store());
}

own.hidden = false;
if (stored((storage) => storage.getItem(OWN)) && !isOwn()) stored(forget); // somebody else's
tick.checked = isOwn();
tick.addEventListener("change", () => {
  if (tick.checked) stored((storage) => storage.setItem(OWN, whose));
  else stored(forget);
  tick.checked = isOwn(); // it cannot be remembered where there is no storage, so it is not said
  store();
});
if (isOwn()) restore();
if (kept === null) later();
