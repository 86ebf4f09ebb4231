/** UTF-16 units in a growing buffer, each with the code points [start, end) it comes from. */
export class AlignedUnits {
  units = new Uint16Array(256);
  start = new Int32Array(256);
  end = new Int32Array(256);
  length = 0;

  /** Makes room for `more` units. */
  reserve(more: number): void {
    if (this.length + more <= this.units.length) return;
    const size = Math.max(this.units.length * 2, this.length + more);
    const {units, start, end} = this;
    this.units = new Uint16Array(size);
    this.units.set(units);
    this.start = new Int32Array(size);
    this.start.set(start);
    this.end = new Int32Array(size);
    this.end.set(end);
  }

  /** Appends a unit; room must have been reserved. */
  push(unit: number, start: number, end: number): void {
    this.units[this.length] = unit;
    this.start[this.length] = start;
    this.end[this.length++] = end;
  }

  /** The units [from, to) as a string. */
  text(from = 0, to = this.length): string {
    let text = "";
    for (let i = from; i < to; i += 8192)
      text += String.fromCharCode(...this.units.subarray(i, Math.min(i + 8192, to)));
    return text;
  }
}
