// Files are sent in pieces (tus): several at once, dropped or chosen, with progress, paused and gone on with after a cut.
// Without this script the form sends them whole. A place with data-pieces is the form of one material, or one question of a longer form:
// there a large file is sent as soon as it is chosen, and nothing that is typed has to wait for it.

const PIECE = 1024 * 1024; // bytes
const DELAYS = [500, 1000, 2000, 4000, 8000, 15000, 30000, 60000]; // milliseconds between tries
const texts = document.querySelector("[data-upload-texts]").dataset;
const running = new Set();

const size = (bytes) => (bytes < 1048576 ? `${Math.max(1, Math.round(bytes / 1024))} KB` : `${(bytes / 1048576).toFixed(1)} MB`);

async function digest(file) {
  if (!crypto.subtle) return ""; // only where the connection is secure
  const sum = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
  return Array.from(new Uint8Array(sum), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function element(kind, classes, text = "") {
  const made = document.createElement(kind);
  made.className = classes;
  made.textContent = text;
  return made;
}

// One line of the list: name, what is going on, a bar, and a button to pause or go on.
function line(place, file) {
  const row = element("li", "ry-piece");
  const words = element("span", "ry-piece__words");
  const bar = element("progress", "ry-bar");
  bar.max = file.size;
  bar.value = 0;
  bar.setAttribute("aria-label", file.name);
  const button = element("button", "ry-btn ry-btn--bare ry-btn--sm", texts.pause);
  button.type = "button";
  row.append(element("span", "ry-piece__name", file.name), words, bar, button);
  place.append(row);
  return { row, words, bar, button };
}

// Which half of the file already lies at the portal; the server checks by digest that it is the same file.
function half(place, file) {
  const found = Array.from(place.querySelectorAll("[data-half]")).find(
    (one) => one.dataset.name === file.name && Number(one.dataset.size) === file.size,
  );
  return found?.dataset.half;
}

async function send(place, file) {
  const shown = line(place.querySelector(".ry-chosen"), file);
  const limit = Number(place.querySelector("input[data-limit]").dataset.limit);
  if (file.size > limit) {
    fail(shown, texts.tooLarge);
    return;
  }
  running.add(file);
  const sha256 = await digest(file);
  await import(place.dataset.tus);
  await new Promise((finished) => {
    const upload = new window.tus.Upload(file, {
      endpoint: place.dataset.pieces,
      uploadUrl: half(place, file) ?? null,
      chunkSize: PIECE,
      retryDelays: DELAYS,
      overridePatchMethod: true,
      storeFingerprintForResuming: false,
      headers: { "X-CSRFToken": place.closest("form").elements.csrf_token.value },
      metadata: { filename: file.name, ...(sha256 && { sha256 }) },
      onProgress(sent, whole) {
        shown.bar.value = sent;
        shown.words.textContent = texts.sent.replace("{sent}", size(sent)).replace("{whole}", size(whole));
      },
      onShouldRetry(error) {
        const status = error.originalResponse?.getStatus() ?? 0;
        const again = !status || status === 409 || status === 423 || status === 460 || status >= 500;
        if (again) shown.words.textContent = texts.waiting;
        return again;
      },
      onError(error) {
        const status = error.originalResponse?.getStatus() ?? 0;
        const plain = error.originalResponse?.getHeader("Content-Type")?.startsWith("text/plain");
        fail(shown, plain ? error.originalResponse.getBody() : status === 401 ? texts.signIn : texts.failed);
        shown.button.hidden = status > 0; // a line that was cut may be tried again
        shown.button.textContent = texts.resume;
        shown.button.onclick = () => {
          shown.row.removeAttribute("data-state");
          shown.button.textContent = texts.pause;
          upload.start();
        };
        finished();
      },
      onSuccess() {
        shown.row.remove();
        finished();
      },
    });
    shown.button.onclick = () => {
      const pausing = shown.button.textContent === texts.pause;
      shown.button.textContent = pausing ? texts.resume : texts.pause;
      if (pausing) {
        upload.abort();
        shown.words.textContent = texts.paused;
      } else upload.start();
    };
    upload.start();
  });
  running.delete(file);
}

function fail(shown, words) {
  shown.row.dataset.state = "late";
  shown.words.textContent = words;
  shown.words.setAttribute("role", "alert");
  shown.bar.remove();
  shown.button.hidden = true;
}

// What the server now shows of this material takes the place of what stood there; what is still being sent stays.
async function refresh(place) {
  const section = place.matches("form") ? place.closest("section") : place;
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  if (!answer.ok || answer.redirected) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.getElementById(section.id);
  if (!fresh) return;
  if (section === place) {
    place.querySelector("[data-uploaded]").replaceWith(fresh.querySelector("[data-uploaded]"));
    return;
  }
  section.removeAttribute("data-error");
  const form = section.querySelector("form.ry-material__form");
  for (const old of Array.from(section.children)) if (old !== form) old.remove();
  for (const part of Array.from(fresh.children)) if (!part.matches("form.ry-material__form")) form.before(part);
  form.querySelector(".ry-halves")?.remove();
}

async function sendAll(place, files) {
  if (!files.length) return;
  await Promise.all(Array.from(files, (file) => send(place, file)));
  await refresh(place);
}

for (const place of document.querySelectorAll("[data-pieces]")) {
  const drop = place.querySelector(".ry-drop");
  const isForm = place.matches("form");
  const take = (event) => {
    const inputs = Array.from(place.querySelectorAll("input[type=file]"));
    const files = inputs.flatMap((input) => Array.from(input.files));
    // Nothing chosen: the server says so. Little: one post does, and nobody waits for a progress bar.
    if (files.reduce((sum, file) => sum + file.size, 0) <= PIECE) return;
    event?.preventDefault();
    place.querySelector(".ry-chosen").replaceChildren();
    for (const input of inputs) input.value = "";
    sendAll(place, files);
  };
  place.addEventListener(isForm ? "submit" : "change", take);
  if (!isForm) take(); // what was chosen while this script was on its way
  drop.addEventListener("dragover", (event) => {
    event.preventDefault();
    drop.dataset.over = "";
  });
  drop.addEventListener("dragleave", () => delete drop.dataset.over);
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    delete drop.dataset.over;
    sendAll(place, event.dataTransfer.files);
  });
}

window.addEventListener("beforeunload", (event) => {
  if (running.size) event.preventDefault();
});
