// What every page does: it sends a form once, and loads what it needs only while it stays open after it has opened.

// The pressed button rests until the page is shown again. The server refuses doubles on its own.

const REST = 8000; // milliseconds: long enough for a double click, short enough after a cancelled load or a download

const resting = new Map();

function release(form) {
  resting.get(form)?.removeAttribute("aria-disabled");
  resting.delete(form);
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (resting.has(form)) {
    event.preventDefault();
    return;
  }
  // A disabled button would not send its own name and value, so it is only marked as resting.
  event.submitter?.setAttribute("aria-disabled", "true");
  resting.set(form, event.submitter);
  setTimeout(release, REST, form);
});

window.addEventListener("pageshow", () => resting.forEach((_button, form) => release(form)));

const LATER = 15000; // milliseconds

for (const place of document.querySelectorAll("[data-later]")) setTimeout(() => import(place.dataset.later), LATER);

// What a part of the page needs only once somebody turns to it.
for (const place of document.querySelectorAll("[data-when-used]")) {
  const load = () => import(place.dataset.whenUsed);
  for (const name of ["focusin", "change", "dragenter"]) place.addEventListener(name, load, { once: true });
  if (place.contains(document.activeElement)) load();
}

// A question that a choice calls for is there once it is called for; without scripts it says itself when it is to be answered.
for (const place of document.querySelectorAll("[data-asked-by]")) {
  const { form } = place.querySelector("input, select, textarea");
  const { askedBy, askedFor } = place.dataset;
  const show = () => {
    const isThere = !form.querySelector(`[data-asked-by][hidden] [name="${askedBy}"]`);
    const chosen = new FormData(form).getAll(askedBy);
    place.hidden = !(isThere && askedFor.split(" ").some((value) => chosen.includes(value)));
  };
  form.addEventListener("change", show);
  addEventListener("pageshow", show); // the browser may have put back what was chosen
  show();
}

// What is needed only where the address says something behind its #.
for (const place of document.querySelectorAll("[data-when-hash]")) {
  const load = () => location.hash && import(place.dataset.whenHash);
  addEventListener("hashchange", load, { once: true });
  load();
}

// A button that prints the page; hidden where no script runs, since nobody could press it.
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}

// The service worker comes with the second page that somebody opens, once that has been whole for a while: a first visit
// asks neither for it nor for what it keeps.
const WHOLE = 4000; // milliseconds

function isFirst() {
  try {
    const known = sessionStorage.getItem("visited");
    sessionStorage.setItem("visited", "yes");
    return known === null;
  } catch {
    return true; // where nothing may be kept, no worker is wanted
  }
}

const { serviceWorker } = navigator;
if (serviceWorker) {
  const register = () => serviceWorker.register(document.body.dataset.worker, { scope: "/" }).catch(() => {});
  if (!isFirst()) addEventListener("load", () => setTimeout(register, WHOLE));
  serviceWorker.addEventListener("message", ({ data }) => tell(data.notSent));
}

// What was sent without network has gone nowhere: the page is still there, and says so.
function tell(path) {
  const form = [...resting.keys()].find((one) => new URL(one.action).pathname === path);
  if (!form) return;
  release(form);
  document.getElementById("said")?.remove();
  const said = document.querySelector("#not-sent").content.cloneNode(true);
  said.firstElementChild.id = "said";
  const main = document.getElementById("main");
  (main.querySelector("[class*=ry-wrap]") ?? main).prepend(said);
  document.getElementById("said").scrollIntoView({ block: "center" });
}
