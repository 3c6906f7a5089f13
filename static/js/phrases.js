// A phrase goes where the cursor was in the reason, and counts as typed: the draft is kept with it.

for (const button of document.querySelectorAll("[data-phrase]")) {
  const reason = button.closest("form").elements.namedItem("reason");
  button.hidden = false;
  button.addEventListener("click", () => {
    reason.setRangeText(button.dataset.phrase, reason.selectionStart, reason.selectionEnd, "end");
    reason.dispatchEvent(new Event("input", { bubbles: true }));
    reason.focus();
  });
}
