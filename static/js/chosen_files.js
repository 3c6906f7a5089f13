// Says which files were chosen and how large they are, before they are sent; too large ones are named at once.

function size(bytes) {
  return bytes < 1048576 ? `${Math.max(1, Math.round(bytes / 1024))} KB` : `${(bytes / 1048576).toFixed(1)} MB`;
}

function describe(input) {
  const place = document.getElementById(input.dataset.chosen);
  if (!place) return;
  const limit = Number(input.dataset.limit || 0);
  place.replaceChildren(
    ...Array.from(input.files, (file) => {
      const line = document.createElement("li");
      const words = limit && file.size > limit ? input.dataset.tooLarge : "";
      line.textContent = [file.name, size(file.size), words].filter(Boolean).join("  ");
      return line;
    }),
  );
}

for (const input of document.querySelectorAll("input[type=file][data-chosen]")) {
  input.addEventListener("change", () => describe(input));
}

document.addEventListener("submit", (event) => {
  const input = event.target.querySelector?.("input[type=file][data-sending]");
  const place = input?.files.length ? document.getElementById(input.dataset.chosen) : null;
  if (!place) return;
  const line = document.createElement("li");
  line.textContent = input.dataset.sending;
  place.append(line);
});
