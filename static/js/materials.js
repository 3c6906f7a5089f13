// Materials beside the opinion: pages of a PDF or a picture, turned and enlarged by mouse and by keyboard, with the
// annotations that are pinned to them. Files run nothing: PDF.js draws them without scripting, forms or eval.

const STEPS = [0.5, 0.75, 1, 1.25, 1.5, 2, 3, 4]; // times the width that there is
const NUDGE = 0.02; // of the page, for a pin that is moved by keys
const MOST_PIXELS = 12_000_000; // of one drawn page

let library = null;

async function reader(view) {
  if (!library) {
    library = import(view.dataset.library).then((pdf) => {
      pdf.GlobalWorkerOptions.workerSrc = view.dataset.worker;
      return pdf;
    });
  }
  return library;
}

class PdfPages {
  constructor(view, canvas) {
    this.view = view;
    this.canvas = canvas;
    this.words = view.querySelector("[data-words]");
    this.drawing = null;
  }

  async open() {
    const pdf = await reader(this.view);
    const beside = new URL("./", new URL(this.view.dataset.library, location.href));
    this.file = await pdf.getDocument({
      url: this.view.dataset.src,
      cMapUrl: new URL("cmaps/", beside).href,
      cMapPacked: true,
      wasmUrl: beside.href,
      useWasm: false,
      isEvalSupported: false,
      enableXfa: false,
      stopAtErrors: false,
      canvasMaxAreaInBytes: 4 * MOST_PIXELS,
      disableRange: true,
      disableStream: true,
    }).promise;
    this.count = this.file.numPages;
  }

  async draw(number, width) {
    this.drawing?.cancel();
    const page = await this.file.getPage(number);
    const size = page.getViewport({ scale: 1 });
    const dots = Math.min(devicePixelRatio || 1, Math.sqrt(MOST_PIXELS / (width * width * (size.height / size.width))));
    const viewport = page.getViewport({ scale: (width / size.width) * dots });
    this.canvas.width = Math.floor(viewport.width);
    this.canvas.height = Math.floor(viewport.height);
    this.canvas.style.width = `${width}px`;
    this.drawing = page.render({ canvas: this.canvas, viewport, annotationMode: 1 });
    try {
      await this.drawing.promise;
    } catch (error) {
      if (error?.name === "RenderingCancelledException") return;
      throw error;
    }
    const content = await page.getTextContent();
    this.words.textContent = content.items.map((each) => each.str + (each.hasEOL ? "\n" : "")).join("");
  }
}

// A drawing of which no picture could be made: the answer says why.
class Unshown extends Error {}

class Picture {
  constructor(image) {
    this.image = image;
    this.count = 1;
  }

  async open() {
    this.image.loading = "eager";
    try {
      await this.image.decode();
    } catch (error) {
      const answer = await fetch(this.image.src);
      if (answer.headers.get("Content-Type")?.startsWith("text/plain")) throw new Unshown(await answer.text());
      throw error;
    }
  }

  async draw(_number, width) {
    this.image.style.width = `${width}px`;
  }
}

class View {
  constructor(view) {
    this.view = view;
    this.sheet = view.querySelector("[data-sheet]");
    this.frame = view.querySelector("[data-frame]");
    this.turn = view.querySelector("[data-page]");
    this.said = view.querySelector("[data-said]");
    this.pin = null;
    this.page = 1;
    this.zoom = STEPS.indexOf(1);
    const canvas = view.querySelector("canvas");
    this.pages = canvas ? new PdfPages(view, canvas) : new Picture(view.querySelector("img"));
  }

  get notes() {
    return document.getElementById(this.view.dataset.notes);
  }

  async open() {
    this.say(this.view.dataset.drawing);
    try {
      await this.pages.open();
    } catch (error) {
      this.say(error instanceof Unshown ? error.message : this.view.dataset.broken);
      return;
    }
    this.say("");
    this.view.querySelector("[data-tools]").hidden = false;
    this.frame.hidden = false;
    const count = this.view.querySelector("[data-count]");
    if (count) count.textContent = this.pages.count;
    this.listen();
    await this.show();
  }

  say(words) {
    this.said.textContent = words ?? "";
    this.said.hidden = !words;
  }

  async show() {
    await this.pages.draw(this.page, Math.max(120, Math.floor(this.frame.clientWidth * STEPS[this.zoom]) - 2));
    if (this.turn) this.turn.value = this.page;
    this.sheet.setAttribute("aria-label", `${this.view.dataset.label} ${this.page}/${this.pages.count}`);
    this.mark();
  }

  go(page) {
    const wanted = Math.min(Math.max(1, page || 1), this.pages.count);
    if (wanted !== this.page) {
      this.page = wanted;
      this.drop();
      this.frame.scrollTop = 0;
    }
    this.show();
  }

  enlarge(step) {
    this.zoom = Math.min(Math.max(0, this.zoom + step), STEPS.length - 1);
    this.show();
  }

  // The pins of this page, as the list beside it has them.
  mark() {
    for (const old of this.sheet.querySelectorAll(".ry-pin:not([data-new])")) old.remove();
    for (const note of this.notes.querySelectorAll("[data-note]")) {
      const { page, x, y, width, height, note: number } = note.dataset;
      if (Number(page) !== this.page || !x) continue;
      this.sheet.append(place(document.createElement("span"), [x, y, width, height].map(Number), number));
    }
  }

  // A new annotation begins here; its place goes along with the form.
  put(place_) {
    this.spot = place_;
    this.pin ??= Object.assign(document.createElement("span"), { hidden: false });
    this.pin.dataset.new = "";
    this.sheet.append(place(this.pin, place_, ""));
    const form = this.notes.querySelector("form[data-annotate]");
    if (!form) return;
    form.closest("details").open = true;
    const values = { page: this.page, x: place_[0], y: place_[1], width: place_[2], height: place_[3] };
    for (const [name, value] of Object.entries(values)) {
      form.elements.namedItem(name).value = name === "page" ? value : value.toFixed(4);
    }
  }

  drop() {
    this.pin?.remove();
    this.pin = null;
    for (const name of ["x", "y", "width", "height"]) {
      const field = this.notes.querySelector(`form[data-annotate] [name=${name}]`);
      if (field) field.value = "";
    }
    const page = this.notes.querySelector("form[data-annotate] [name=page]");
    if (page) page.value = this.page;
  }

  write() {
    const form = this.notes.querySelector("form[data-annotate]");
    form.closest("details").open = true;
    form.elements.namedItem("text").focus();
  }

  listen() {
    this.view.addEventListener("click", (event) => {
      const verb = event.target.closest("[data-turn], [data-zoom]");
      if (verb?.dataset.turn) this.go(this.page + Number(verb.dataset.turn));
      if (verb?.dataset.zoom) this.enlarge(Number(verb.dataset.zoom));
    });
    this.turn?.addEventListener("change", () => this.go(Number(this.turn.value)));
    this.frame.addEventListener("keydown", (event) => this.key(event));
    if (this.notes.querySelector("form[data-annotate]")) this.drag();
    addEventListener("resize", () => this.show());
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const moved = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (this.pin && moved) this.nudge(moved, event.shiftKey);
    else if (this.pin && event.key === "Escape") this.drop();
    else if (this.pin && event.key === "Enter") this.write();
    else if (event.key === "m" && this.notes.querySelector("form[data-annotate]")) this.put([0.5, 0.5, 0, 0]);
    else if (event.key === "ArrowLeft" || event.key === "PageUp") this.go(this.page - 1);
    else if (event.key === "ArrowRight" || event.key === "PageDown") this.go(this.page + 1);
    else if (event.key === "Home") this.go(1);
    else if (event.key === "End") this.go(this.pages.count);
    else if (event.key === "+" || event.key === "=") this.enlarge(1);
    else if (event.key === "-") this.enlarge(-1);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  // Arrows move the pin; with Shift they draw it out to a rectangle.
  nudge([right, down], isWider) {
    const [x, y, width, height] = this.spot;
    const within = (value, most) => Math.min(Math.max(0, value), most);
    if (isWider) this.put([x, y, within(width + right * NUDGE, 1 - x), within(height + down * NUDGE, 1 - y)]);
    else this.put([within(x + right * NUDGE, 1 - width), within(y + down * NUDGE, 1 - height), width, height]);
  }

  // A click is a point, a drag a rectangle.
  drag() {
    let from = null;
    const at = (event) => {
      const box = this.sheet.getBoundingClientRect();
      const part = (value) => Math.min(Math.max(0, value), 1);
      return [part((event.clientX - box.left) / box.width), part((event.clientY - box.top) / box.height)];
    };
    this.sheet.addEventListener("pointerdown", (event) => {
      if (event.button !== 0 || event.pointerType === "touch") return; // a finger scrolls; the form takes the page
      from = at(event);
      this.sheet.setPointerCapture(event.pointerId);
      event.preventDefault();
      this.frame.focus({ preventScroll: true });
    });
    this.sheet.addEventListener("pointermove", (event) => {
      if (!from) return;
      const [x, y] = at(event);
      this.put([Math.min(x, from[0]), Math.min(y, from[1]), Math.abs(x - from[0]), Math.abs(y - from[1])]);
    });
    this.sheet.addEventListener("pointerup", () => {
      if (!from) return;
      const [, , width, height] = this.pin ? this.spot : [0, 0, 0, 0];
      if (!this.pin || (width < 0.01 && height < 0.01)) this.put([...from, 0, 0]);
      from = null;
      this.write();
    });
    this.sheet.addEventListener("pointercancel", () => (from = null));
  }
}

function place(pin, [x, y, width, height], number) {
  pin.className = width || height ? "ry-pin ry-pin--area" : "ry-pin";
  pin.textContent = number;
  pin.setAttribute("aria-hidden", "true"); // the list beside the page says it
  pin.style.left = `${x * 100}%`;
  pin.style.top = `${y * 100}%`;
  pin.style.width = width ? `${width * 100}%` : "";
  pin.style.height = height ? `${height * 100}%` : "";
  return pin;
}

const views = new Map();

function open(view) {
  if (views.has(view)) return;
  views.set(view, new View(view));
  views.get(view).open();
}

for (const view of document.querySelectorAll("[data-view]")) {
  const around = view.closest("details");
  view.hidden = false;
  if (around.open) open(view);
  around.addEventListener("toggle", () => around.open && open(view));
}

const viewOf = (id) => [...views.values()].find((each) => each.view.dataset.notes === id);

// What is written into the list stands on the page, too; a note leads to its place.
document.addEventListener("htmx:afterSwap", (event) => {
  const view = viewOf(event.target.id);
  view?.drop();
  view?.mark();
});
document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-show]");
  const view = link && viewOf(link.closest("[data-notes-of]").id);
  if (!view) return;
  event.preventDefault();
  view.go(Number(link.dataset.show));
  view.frame.focus();
});

// What is chosen goes into the correction request in place: nothing typed there is lost.
document.addEventListener("submit", (event) => {
  const form = event.target.closest("[data-take-notes]");
  const request = document.getElementById("correction");
  if (!form || !request) return;
  event.preventDefault();
  for (const chosen of document.querySelectorAll(`[form=${form.id}]:checked`)) {
    const box = request.querySelector(`[name=items][value="${CSS.escape(chosen.dataset.target)}"]`);
    const how = request.querySelector(`[name="what-${CSS.escape(chosen.dataset.target)}"]`);
    if (!box || !how) continue;
    box.checked = true;
    box.closest("details").open = true;
    if (!how.value.includes(chosen.dataset.text)) how.value = [how.value.trim(), chosen.dataset.text].filter(Boolean).join("\n");
    chosen.checked = false;
  }
  request.open = true;
  request.querySelector("[name=items]:checked")?.focus();
});
