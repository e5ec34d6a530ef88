// Owns where the application of this page is, which may be below a prefix of another one.

/** The address of `path` within this application: pages of one application lie at different depths. */
export function at(path) {
  return new URL(`../../${path}`, import.meta.url).href;
}
