// Many check boxes in groups: a box above them leaves those whose words are typed, and opens their groups.

for (const box of document.querySelectorAll("[data-finds]")) {
  const groups = Array.from(document.getElementById(box.dataset.finds).querySelectorAll("details"));
  const [input, said] = [box.querySelector("input"), box.querySelector("[role=status]")];
  const first = groups.map((group) => group.open);
  box.hidden = false;
  input.addEventListener("input", () => {
    const words = input.value.trim().toLowerCase();
    let count = 0;
    groups.forEach((group, index) => {
      const shown = Array.from(group.querySelectorAll("label")).filter((label) => {
        label.hidden = !label.textContent.toLowerCase().includes(words);
        return !label.hidden;
      });
      count += shown.length;
      group.hidden = shown.length === 0;
      group.open = words ? shown.length > 0 : first[index] || group.querySelector(":checked") !== null;
    });
    said.textContent = words ? said.dataset.words.replace("{count}", count) : "";
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault(); // it looks for something, and sends nothing
  });
}
