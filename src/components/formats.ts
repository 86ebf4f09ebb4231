function trim(text: string): string {
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}

function significant(x: number): string {
  const magnitude = Math.abs(x);
  if (magnitude >= 99.95) return x.toFixed(0);
  if (magnitude >= 9.995) return x.toFixed(1);
  if (magnitude >= 0.9995) return x.toFixed(2);
  return x.toPrecision(3);
}

/**
 * A number in three significant digits with k, M, G or T.
 *
 * @example formatNumber(3.2149) → "3.21"; formatNumber(15_320) → "15.3k"; formatNumber(1.2e6) → "1.2M"
 */
export function formatNumber(x: number): string {
  if (Number.isNaN(x)) return "–";
  if (!Number.isFinite(x)) return x < 0 ? "−∞" : "∞";
  if (x === 0) return "0";
  const sign = x < 0 ? "−" : "";
  let magnitude = Math.abs(x);
  if (magnitude < 1e-4) {
    const [mantissa, exponent] = magnitude.toExponential(1).split("e");
    return `${sign}${trim(mantissa!)}e${Number(exponent)}`.replace("e-", "e−");
  }
  let suffix = "";
  for (const next of ["k", "M", "G", "T"]) {
    if (magnitude < 999.5) break;
    magnitude /= 1000;
    suffix = next;
  }
  return sign + (suffix ? trim(significant(magnitude)) + suffix : trimInteger(magnitude));
}

/** Whole numbers stay whole (7, not 7.00); others keep their digits, so columns do not jitter. */
function trimInteger(magnitude: number): string {
  return Number.isInteger(magnitude) ? String(magnitude) : significant(magnitude);
}

/** Every digit, in groups of three. @example formatInteger(11683584) → "11,683,584" */
export function formatInteger(x: number): string {
  return Math.round(x).toLocaleString("en-US").replace("-", "−");
}

/**
 * A number as a cell of a table shows it, whose heading may hold its unit: no k or M stands before that.
 * Whole numbers and those from 1,000 up have their digits before the point, in groups of three where there
 * are over four, as a year has none; others have three significant digits.
 *
 * @example formatCell(1336.4) → "1336"; formatCell(46.73) → "46.7"; formatCell(11683584) → "11,683,584"
 */
export function formatCell(x: number): string {
  const size = Math.abs(x);
  if (!Number.isInteger(x) && !(size >= 999.5 && size < 1e15)) return formatNumber(x);
  return size < 9999.5 ? String(Math.round(x)).replace("-", "−") : formatInteger(x);
}

/** Between a number and its unit: no line ends there. */
export const unitSpace = "\u00a0";

/** Bytes in powers of 1000, on one line. @example formatBytes(46_734_336) → "46.7 MB" */
export function formatBytes(bytes: number): string {
  if (Math.abs(bytes) < 999.5) return `${Math.round(bytes)}${unitSpace}B`;
  const units = ["kB", "MB", "GB", "TB"];
  let value = bytes / 1000;
  let i = 0;
  while (Math.abs(value) >= 999.5 && i < units.length - 1) {
    value /= 1000;
    ++i;
  }
  return `${trim(significant(value))}${unitSpace}${units[i]!}`;
}

/** How far a download is, of a whole that may not be known. @example "3.4 MB of 34 MB" */
export const formatDownload = ({loaded, total}: {loaded: number; total: number | null}): string =>
  total === null ? formatBytes(loaded) : `${formatBytes(loaded)} of ${formatBytes(total)}`;

/** A share in percent. @example formatPercent(0.4123) → "41.2%"; formatPercent(1) → "100%" */
export function formatPercent(share: number): string {
  if (Number.isNaN(share)) return "–";
  const percent = share * 100;
  const digits = Math.abs(percent) >= 99.95 || percent === 0 ? 0 : 1;
  return `${percent.toFixed(digits).replace("-", "−")}%`;
}

/**
 * A probability in two decimals, three below 0.1.
 *
 * @example formatProbability(0.4071) → "0.41"; formatProbability(0.012) → "0.012"; 0.0001 → "<0.001"
 */
export function formatProbability(p: number): string {
  if (Number.isNaN(p)) return "n/a";
  if (p === 0) return "0";
  if (p < 0.0005) return "<0.001";
  return p < 0.0995 ? p.toFixed(3) : p.toFixed(2);
}

/** A duration; no line ends between a number and its unit. @example formatDuration(80) → "1 min 20 s"; formatDuration(0.42) → "0.4 s" */
export function formatDuration(seconds: number): string {
  if (!Number.isFinite(seconds)) return "–";
  if (seconds < 0.0995) return `${Math.round(seconds * 1000)}${unitSpace}ms`;
  if (seconds < 9.95) return `${trim(seconds.toFixed(1))}${unitSpace}s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole}${unitSpace}s`;
  if (whole < 3600) {
    const rest = whole % 60;
    return `${Math.floor(whole / 60)}${unitSpace}min${rest ? ` ${rest}${unitSpace}s` : ""}`;
  }
  const minutes = Math.round(whole / 60);
  return `${Math.floor(minutes / 60)}${unitSpace}h ${String(minutes % 60).padStart(2, "0")}${unitSpace}min`;
}

/** A difference of probabilities, always with its sign. @example formatSigned(-0.123) → "−0.123" */
export function formatSigned(difference: number): string {
  if (Number.isNaN(difference)) return "n/a";
  if (difference === 0) return "0";
  const size = Math.abs(difference);
  return `${difference < 0 ? "−" : "+"}${size < 0.0005 ? "<0.001" : size.toFixed(3)}`;
}
