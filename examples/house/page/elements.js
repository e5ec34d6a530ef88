// Owns the making of elements: text is always text here, never markup.

/** `make("p", {class: "nothing"}, "words", child)`; null children are left out. */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

/** Set text only where it differs: an untouched node keeps a selection and stays quiet for a screen reader. */
export function say(element, words) {
  if (element.textContent !== words) element.textContent = words;
}

export function byId(id) {
  return document.getElementById(id);
}

/** Have a screen reader say something, without moving anybody. */
export function announce(words) {
  byId("announcer").textContent = words;
}
