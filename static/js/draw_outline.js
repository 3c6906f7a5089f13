// Draws the outline of a site: a click adds a corner, dragging or the arrow keys move one, and each is written into the text, which is what is sent.

const SVG = "http://www.w3.org/2000/svg";
const WIDTH = 480;
const HEIGHT = 320;
const METRES = 111320; // of a degree of latitude
const STEPS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000];

function element(name, attributes, parent) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  parent.append(made);
  return made;
}

function read(text) {
  const corners = [];
  for (const line of text.split(/[\n;；]/).filter((each) => each.trim())) {
    const numbers = line.trim().split(/[,，、\s]+/).filter(Boolean).map(Number);
    if (numbers.length !== 2 || !numbers.every(Number.isFinite)) return null;
    corners.push(numbers);
  }
  return corners;
}

class Sheet {
  constructor(place) {
    this.place = place;
    this.text = document.getElementById(place.dataset.draws);
    this.svg = place.querySelector("svg");
    this.status = place.querySelector("[role=status]");
    this.width = 200; // metres across
    this.corners = read(this.text.value) ?? [];
    this.fit();
    this.text.addEventListener("input", () => this.reread());
    this.svg.addEventListener("click", (event) => this.add(event));
    for (const button of place.querySelectorAll("[data-zoom]")) {
      button.addEventListener("click", () => this.zoom(Number(button.dataset.zoom)));
    }
    place.hidden = false;
    this.draw();
  }

  reread() {
    const corners = read(this.text.value);
    if (!corners) return;
    const isFirst = !this.corners.length || corners.length === 1;
    this.corners = corners;
    if (isFirst) this.fit();
    this.draw();
  }

  // The corners in the middle, with room around them.
  fit() {
    if (!this.corners.length) return;
    const [east, north] = [0, 1].map((axis) => this.corners.map((corner) => corner[axis]));
    this.centre = [(Math.min(...east) + Math.max(...east)) / 2, (Math.min(...north) + Math.max(...north)) / 2];
    const across = (Math.max(...east) - Math.min(...east)) * this.perDegree[0];
    const up = (Math.max(...north) - Math.min(...north)) * this.perDegree[1];
    this.width = Math.min(20000, Math.max(60, 1.6 * across, (1.6 * up * WIDTH) / HEIGHT)) || 200;
    if (this.corners.length === 1) this.width = 200;
  }

  get perDegree() {
    return [METRES * Math.cos((this.centre[1] * Math.PI) / 180), METRES];
  }

  get scale() {
    return WIDTH / this.width;
  }

  put([east, north]) {
    const [x, y] = [(east - this.centre[0]) * this.perDegree[0], (north - this.centre[1]) * this.perDegree[1]];
    return [WIDTH / 2 + x * this.scale, HEIGHT / 2 - y * this.scale];
  }

  take([x, y]) {
    const east = this.centre[0] + (x - WIDTH / 2) / this.scale / this.perDegree[0];
    const north = this.centre[1] - (y - HEIGHT / 2) / this.scale / this.perDegree[1];
    return [Number(east.toFixed(7)), Number(north.toFixed(7))];
  }

  point(event) {
    const box = this.svg.getBoundingClientRect();
    return [((event.clientX - box.left) * WIDTH) / box.width, ((event.clientY - box.top) * HEIGHT) / box.height];
  }

  write(focused) {
    this.text.value = this.corners.map(([east, north]) => `${east}, ${north}`).join("\n");
    this.draw();
    if (focused !== undefined) this.svg.querySelector(`[data-corner="${focused}"]`)?.focus();
  }

  add(event) {
    if (this.hasDragged || !this.corners.length) {
      this.hasDragged = false; // the click that ends a drag
      return;
    }
    this.corners.push(this.take(this.point(event)));
    this.write(this.corners.length - 1);
  }

  zoom(factor) {
    this.width = Math.min(20000, Math.max(10, this.width / factor));
    this.draw();
  }

  drag(number, event) {
    event.preventDefault();
    const handle = this.svg;
    this.hasDragged = true;
    const move = (each) => {
      this.corners[number] = this.take(this.point(each));
      this.write();
    };
    const end = () => {
      handle.removeEventListener("pointermove", move);
      setTimeout(() => (this.hasDragged = false));
      this.svg.querySelector(`[data-corner="${number}"]`)?.focus();
    };
    handle.setPointerCapture(event.pointerId);
    handle.addEventListener("pointermove", move);
    handle.addEventListener("pointerup", end, { once: true });
    handle.addEventListener("pointercancel", end, { once: true });
  }

  press(number, event) {
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
    if (way) {
      const metres = event.shiftKey ? 10 : 1;
      const corner = this.corners[number];
      this.corners[number] = corner.map((degree, axis) =>
        Number((degree + (way[axis] * metres) / this.perDegree[axis]).toFixed(7)),
      );
    } else if ((event.key === "Delete" || event.key === "Backspace") && this.corners.length > 1) {
      this.corners.splice(number, 1);
    } else {
      return;
    }
    event.preventDefault();
    this.write(Math.min(number, this.corners.length - 1));
  }

  draw() {
    this.svg.replaceChildren();
    if (!this.corners.length) {
      this.status.textContent = "";
      return;
    }
    this.grid();
    const places = this.corners.map((corner) => this.put(corner));
    element("polygon", { points: places.map((place) => place.join(",")).join(" ") }, this.svg);
    places.forEach(([cx, cy], number) => {
      const label = this.place.dataset.corner.replace("{n}", number + 1);
      const handle = element("circle", { cx, cy, r: 8, tabindex: 0, role: "button", "aria-label": label }, this.svg);
      handle.dataset.corner = number;
      handle.addEventListener("pointerdown", (event) => this.drag(number, event));
      handle.addEventListener("keydown", (event) => this.press(number, event));
    });
    this.status.textContent = this.place.dataset.said
      .replace("{n}", this.corners.length)
      .replace("{area}", Math.round(this.area()).toLocaleString());
  }

  grid() {
    const step = STEPS.find((each) => each * this.scale > 40) ?? STEPS.at(-1);
    for (let x = (WIDTH / 2) % (step * this.scale); x < WIDTH; x += step * this.scale) {
      element("line", { x1: x, y1: 0, x2: x, y2: HEIGHT }, this.svg);
    }
    for (let y = (HEIGHT / 2) % (step * this.scale); y < HEIGHT; y += step * this.scale) {
      element("line", { x1: 0, y1: y, x2: WIDTH, y2: y }, this.svg);
    }
    element("text", { x: 8, y: HEIGHT - 8 }, this.svg).textContent = this.place.dataset.square.replace("{n}", step);
  }

  area() {
    const metres = this.corners.map(([east, north]) => [
      (east - this.centre[0]) * this.perDegree[0],
      (north - this.centre[1]) * this.perDegree[1],
    ]);
    const twice = metres.reduce((sum, [x, y], number) => {
      const [right, up] = metres[(number + 1) % metres.length];
      return sum + x * up - right * y;
    }, 0);
    return Math.abs(twice) / 2;
  }
}

for (const place of document.querySelectorAll("[data-draws]")) new Sheet(place);
