// An open page brings itself up to date (htmx), and what the reader opened, chose or looks at stays as it is.

const FOCUSABLE = "a[href], button, summary, select, input, textarea, [tabindex]";
const ID = "progress";

const words = (one) => `${one.tagName} ${one.textContent.trim()}`;

// The same element of the page before and after: by its id, else the one with its words.
function same(place, kind, sought) {
  const all = Array.from(place.querySelectorAll(kind));
  return all.find((one) => (sought.id ? one.id === sought.id : words(one) === sought.words));
}

const named = (one) => ({ id: one.id, words: words(one) });

function remember(place) {
  const active = document.activeElement;
  return {
    focus: place.contains(active) ? named(active) : null,
    open: Array.from(place.querySelectorAll("details"), (one) => ({ ...named(one.querySelector("summary")), is: one.open })),
    chosen: Array.from(place.querySelectorAll("select[id], input[id]"), (one) => ({ id: one.id, value: one.value })),
    moved: Array.from(place.querySelectorAll("*"), (one, index) => ({ index, left: one.scrollLeft })).filter((one) => one.left),
    top: window.scrollY,
  };
}

function restore(place, kept) {
  for (const one of kept.open) {
    const summary = same(place, "summary", one);
    if (summary) summary.parentElement.open = one.is;
  }
  for (const one of kept.chosen) {
    const field = same(place, "select, input", one);
    if (field) field.value = one.value;
  }
  const every = place.querySelectorAll("*");
  for (const one of kept.moved) if (every[one.index]) every[one.index].scrollLeft = one.left;
  if (kept.focus) (same(place, FOCUSABLE, kept.focus) ?? document.getElementById("main")).focus({ preventScroll: true });
  window.scrollTo({ top: kept.top, behavior: "instant" });
}

let kept = null;

document.addEventListener("htmx:beforeRequest", (event) => {
  if (document.hidden) event.preventDefault(); // nobody looks
});

document.addEventListener("htmx:beforeSwap", (event) => {
  const place = document.getElementById(ID);
  const selection = getSelection();
  if (!selection.isCollapsed && place.contains(selection.anchorNode)) event.detail.shouldSwap = false; // it comes again
  kept = event.detail.shouldSwap ? remember(place) : null;
});

document.addEventListener("htmx:afterSwap", () => {
  const place = document.getElementById(ID);
  if (kept && place) restore(place, kept);
  kept = null;
});

import(document.getElementById(ID).dataset.htmx);
