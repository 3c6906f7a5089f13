// Takes the place of an address from the device, when its owner presses the button.

for (const place of document.querySelectorAll("[data-locates]")) {
  if (!navigator.geolocation) continue;
  const [east, north] = ["longitude", "latitude"].map((part) => document.getElementById(`${place.dataset.locates}-${part}`));
  const status = place.querySelector("[role=status]");
  place.hidden = false;
  place.querySelector("button").addEventListener("click", () => {
    status.textContent = place.dataset.asking;
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        east.value = coords.longitude.toFixed(6);
        north.value = coords.latitude.toFixed(6);
        status.textContent = place.dataset.found.replace("{n}", Math.ceil(coords.accuracy));
      },
      () => (status.textContent = place.dataset.refused),
      { enableHighAccuracy: true, timeout: 15000 },
    );
  });
}
