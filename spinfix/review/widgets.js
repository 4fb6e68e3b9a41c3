// Making elements.  Data come into the page as text and as a few harmless attributes only.

const HARMLESS = new Set(["class", "id", "for", "role", "tabindex", "type", "name", "value", "dir",
  "lang", "download"]);

/** An element.  Strings among the children become text, never markup. */
function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (!HARMLESS.has(name) && !/^(aria|data)-/.test(name)) throw new Error(`attribute ${name}`);
    if (value !== null && value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null));
  return element;
}

function button(text, action, attributes = {}) {
  const element = make("button", { type: "button", ...attributes }, text);
  element.addEventListener("click", action);
  return element;
}

function byId(id) {
  return document.getElementById(id);
}

/** The name of a key, as it stands beside what it does. */
function key(name) {
  return make("kbd", { "aria-hidden": "true" }, name);
}

function percent(share) {
  // Never more than it is: 99.96 % is not sure, and 84.6 % is under a threshold of 85.
  if (share > 0 && share < 0.01) return "< 1 %";
  return `${Math.floor(share * 100 + 1e-9)} %`;
}

function number(count) {
  return count.toLocaleString("en");
}

function counted(count, one, many = `${one}s`) {
  return `${number(count)} ${count === 1 ? one : many}`;
}

/** Words of the data: kept apart from the direction of the text around them. */
function words(text, attributes = {}) {
  return make("bdi", attributes, text);
}

/** How sure an edit is, as a class; each has a colour and a line of its own. */
function band(confidence) {
  if (confidence >= 0.9) return "sure";
  return confidence >= 0.7 ? "likely" : "doubtful";
}

function say(text) {
  byId("status").textContent = text;
}

function showSaved(text, good) {
  const place = byId("saved");
  place.textContent = text;
  place.className = good ? "good" : "bad";
}

/** A list of any length, of which only the rows in sight are in the page. */
class Rows {
  constructor(box, height, makeRow, pick) {
    Object.assign(this, { box, height, makeRow, pick, items: [], current: -1 });
    this.space = make("div", { class: "space", role: "presentation" });
    box.append(this.space);
    box.addEventListener("scroll", () => this.draw(), { passive: true });
    if (pick) {
      box.addEventListener("click", (event) => this.clicked(event));
      box.addEventListener("keydown", (event) => this.pressed(event));
    }
    new ResizeObserver(() => this.draw()).observe(box);
  }

  set(items) {
    this.items = items;
    this.space.style.height = `${items.length * this.height}px`;
    this.draw();
  }

  draw() {
    const from = Math.max(0, Math.floor(this.box.scrollTop / this.height) - 4);
    const seen = Math.ceil((this.box.clientHeight || 800) / this.height) + 8;
    const rows = [];
    for (let n = from; n < Math.min(this.items.length, from + seen); n += 1) {
      rows.push(this.row(n));
    }
    this.space.replaceChildren(...rows);
    const active = this.current >= from && this.current < from + seen && this.items.length;
    if (active) this.box.setAttribute("aria-activedescendant", `${this.box.id}-${this.current}`);
    else this.box.removeAttribute("aria-activedescendant");
  }

  row(n) {
    const row = this.makeRow(this.items[n]);
    row.id = `${this.box.id}-${n}`;
    row.dataset.row = n;
    row.style.top = `${n * this.height}px`;
    if (this.pick) {
      row.setAttribute("role", "option");
      row.setAttribute("aria-selected", String(n === this.current));
      row.setAttribute("aria-setsize", this.items.length);
      row.setAttribute("aria-posinset", n + 1);
    }
    return row;
  }

  /** Make a row the current one, and bring it into sight. */
  mark(item) {
    this.current = this.items.indexOf(item);
    const top = this.current * this.height;
    const bottom = top + this.height;
    if (this.current >= 0 && top < this.box.scrollTop) this.box.scrollTop = top;
    if (bottom > this.box.scrollTop + this.box.clientHeight) {
      this.box.scrollTop = bottom - this.box.clientHeight;
    }
    this.draw();
  }

  clicked(event) {
    const row = event.target.closest("[data-row]");
    if (row) this.pick(this.items[Number(row.dataset.row)], true);
  }

  pressed(event) {
    if (event.key === "Enter" && this.items[this.current]) {
      event.preventDefault();
      this.pick(this.items[this.current], true);
    }
    const last = this.items.length - 1;
    const to = { ArrowDown: this.current + 1, ArrowUp: this.current - 1, Home: 0, End: last };
    if (!(event.key in to) || last < 0) return;
    event.preventDefault();
    this.pick(this.items[Math.max(0, Math.min(last, to[event.key]))], false);
  }
}
