// A button that prints the page; hidden where no script runs, since nobody could press it.

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}
