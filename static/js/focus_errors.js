// The error summary takes the focus when the page opens, and its links put the cursor into the field they name.

const summary = document.querySelector("[data-error-summary]");

summary?.focus();

summary?.addEventListener("click", (event) => {
  const link = event.target.closest("a[href^='#']");
  const field = link && document.getElementById(decodeURIComponent(link.hash.slice(1)));
  if (!field) return;
  event.preventDefault();
  const region = field.closest("fieldset, .ry-field") ?? field;
  region.scrollIntoView({ block: "start" });
  field.focus({ preventScroll: true });
});
