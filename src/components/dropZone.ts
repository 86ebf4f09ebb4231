/** Takes what is dragged over a zone, and marks the zone while something is held over it. */
export function showDragging(zone: HTMLElement): void {
  for (const type of ["dragenter", "dragover"])
    zone.addEventListener(type, (event) => {
      event.preventDefault();
      zone.classList.add("obs-over");
    });
  for (const type of ["dragleave", "drop"])
    zone.addEventListener(type, () => zone.classList.remove("obs-over"));
}
