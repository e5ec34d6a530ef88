/** Owns making and changing elements. Text goes in as text: nothing here, or anywhere in the page, parses markup. */

/** An element. Children are elements or text; attributes that are null are left out. */
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) attribute(node, name, value);
  node.append(...children);
  return node;
}

/** Sets a text only when it is another one, so that selections and screen readers are left in peace. */
export function put(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/** Sets or, with null, removes an attribute. */
export function attribute(node, name, value) {
  if (value == null) node.removeAttribute(name);
  else if (node.getAttribute(name) !== String(value)) node.setAttribute(name, value);
}

/** Shows or hides; hidden things are hidden for everybody. */
export function reveal(node, shown) {
  if (node.hidden === shown) node.hidden = !shown;
}

/** The children of one element, one view for each key, moved only when their order changes. */
export class Keyed {
  #node;
  #make;
  #views = new Map();

  /** `make(key)` answers a view: `{node, show(value, now)}`. */
  constructor(node, make) {
    this.#node = node;
    this.#make = make;
  }

  /** `entries`: pairs of key and value, in the order to be shown. */
  show(entries, now) {
    const keys = new Set(entries.map(([key]) => key));
    for (const [key, view] of this.#views) if (!keys.has(key)) this.#remove(key, view);
    let place = this.#node.firstElementChild;
    for (const [key, value] of entries) place = this.#placed(key, value, place, now);
  }

  views() {
    return this.#views.values();
  }

  #placed(key, value, place, now) {
    const view = this.#views.get(key) ?? this.#added(key);
    view.show(value, now);
    if (view.node === place) return place.nextElementSibling;
    this.#node.insertBefore(view.node, place);
    return place;
  }

  #added(key) {
    const view = this.#make(key);
    this.#views.set(key, view);
    return view;
  }

  #remove(key, view) {
    view.node.remove();
    this.#views.delete(key);
  }
}
