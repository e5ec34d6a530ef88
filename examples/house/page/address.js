// Owns where the application of this page is, which may be below a prefix of another one.

const HERE = import.meta.url.slice(0, import.meta.url.lastIndexOf("/page/") + 1);

/** The address of `path` within this application: pages of one application lie at different depths. */
export function at(path) {
  return new URL(path, HERE).href;
}
