// Owns how files get in on a page with one place for them: dropped anywhere, or chosen by mouse or keyboard.

/** Files that are dropped anywhere on the page; `zone` shows that it is open. */
export function acceptDrops(zone, take) {
  const carriesFiles = (event) => event.dataTransfer?.types.includes("Files");
  const aim = (on) => zone.classList.toggle("aimed", on);
  addEventListener("dragover", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    aim(true);
  });
  addEventListener("dragleave", (event) => event.relatedTarget || aim(false));
  addEventListener("drop", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    aim(false);
    take(event.dataTransfer.files);
  });
}

/** A file input opens by the space bar alone; a button by every key that opens buttons. */
export function acceptChoice(button, input, take) {
  button.addEventListener("click", () => input.click());
  input.addEventListener("change", () => {
    if (input.files.length > 0) take([...input.files]);
    input.value = "";
  });
}
