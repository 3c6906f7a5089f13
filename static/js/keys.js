// The office by keyboard: single keys for what stands on the page. Whoever types is left alone, and it can be turned off.

const OFF = "keys-off"; // in this browser's storage
const CONSENT = ["accept", "agree", "grant"];

const USABLE = "a, button, summary, textarea, input:not([type=hidden])";

const dialog = document.getElementById("keys");
const toggle = dialog.querySelector("input[type=checkbox]");

function isOff() {
  try {
    return localStorage.getItem(OFF) === "yes";
  } catch {
    return false; // no storage: everything as it comes
  }
}

// Letters belong to a field that takes letters; round and square buttons take none.
function isTyping(target) {
  if (target.isContentEditable || target.matches("textarea, select")) return true;
  return target.matches("input") && !["radio", "checkbox", "button", "submit"].includes(target.type);
}

const isThere = (one) => one.checkVisibility?.() ?? one.offsetParent !== null;
const first = (selector) => Array.from(document.querySelectorAll(selector)).find(isThere);

function walk(step) {
  const rows = Array.from(document.querySelectorAll("[data-row]")).filter(isThere);
  const now = rows.indexOf(document.activeElement);
  const next = rows[now < 0 ? (step > 0 ? 0 : rows.length - 1) : Math.min(Math.max(now + step, 0), rows.length - 1)];
  next?.focus();
}

function use(one) {
  const place = one.matches(USABLE) ? one : one.querySelector(USABLE);
  if (place.matches("summary")) {
    place.parentElement.open = true;
    (place.parentElement.querySelector("select, textarea, input:not([type=hidden]), details summary") ?? place).focus();
  } else if (place.matches("textarea, input:not([type=radio], [type=checkbox])")) {
    place.focus();
  } else {
    if (place.matches("input")) place.focus();
    place.click();
  }
}

function outcome(key) {
  const radios = Array.from(document.querySelectorAll("[data-decision] input[name=outcome]"));
  return key === "a" ? radios.find((one) => CONSENT.includes(one.value)) : radios[Number(key) - 1];
}

function act(key) {
  if (key === "j" || key === "k") {
    walk(key === "j" ? 1 : -1);
    return true;
  }
  const one = first(`[data-key="${CSS.escape(key)}"]`) ?? (/^[a1-9]$/.test(key) ? outcome(key) : null);
  if (one) use(one);
  return Boolean(one);
}

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.altKey || dialog.open) return;
  if ((event.ctrlKey || event.metaKey) && event.key === "Enter") {
    const form = event.target.closest("main form[method=post]") ?? document.querySelector("[data-decision]");
    if (!form) return;
    event.preventDefault();
    form.requestSubmit();
    return;
  }
  if (event.ctrlKey || event.metaKey || isOff() || isTyping(event.target)) return;
  if (event.key === "?") dialog.showModal();
  else if (!/^[a-z1-9/]$/.test(event.key) || !act(event.key)) return;
  event.preventDefault();
});

toggle.checked = !isOff();
toggle.addEventListener("change", () => {
  try {
    if (toggle.checked) localStorage.removeItem(OFF);
    else localStorage.setItem(OFF, "yes");
  } catch {
    toggle.checked = true; // it cannot be remembered, so it is not said
  }
});

for (const button of document.querySelectorAll("[data-keys-open]")) {
  button.hidden = false;
  button.addEventListener("click", () => dialog.showModal());
}
