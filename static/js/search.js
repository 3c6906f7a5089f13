// Suggestions under the search, loaded when somebody turns to it; arrow keys walk through what htmx brings.

for (const form of document.querySelectorAll("[data-suggest]")) {
  const input = form.querySelector("input[type=search]");
  const list = form.querySelector("[data-suggestions]");
  const links = () => Array.from(list.querySelectorAll("a"));
  let dismissed = null; // the words for which somebody closed the list; an answer may still be on its way
  const close = () => list.replaceChildren();
  const isLeft = () => !form.contains(document.activeElement);

  // What was typed while htmx was on its way is asked about once it is here, unless its writer only passed.
  import(form.dataset.suggest).then(() => input.value && !isLeft() && input.dispatchEvent(new Event("suggest")));
  form.addEventListener("htmx:afterSwap", () => (isLeft() || input.value === dismissed) && close());
  input.addEventListener("input", () => (dismissed = null));

  form.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && list.childElementCount) {
      close();
      dismissed = input.value;
      input.focus();
      event.preventDefault(); // or the browser would empty the field, too
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const every = links();
    if (!step || !every.length || event.isComposing) return;
    event.preventDefault();
    const next = every.indexOf(document.activeElement) + step;
    (next < 0 ? input : (every[next] ?? every[every.length - 1])).focus();
  });
  form.addEventListener("focusout", (event) => {
    if (!form.contains(event.relatedTarget)) setTimeout(close, 150); // a tap on a link comes first
  });
}

// Words that are still being put together (an input method) are no words yet.
document.addEventListener("htmx:confirm", (event) => {
  if (event.detail.triggeringEvent?.isComposing) event.preventDefault();
});
