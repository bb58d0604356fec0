const units = ["kB", "MB", "GB", "TB", "PB"] as const;

/**
 * A size for people: three digits and a decimal unit, as `docker images` counts (1 kB = 1000 bytes).
 * @param bytes - the size in bytes, not negative.
 */
export function formatSize(bytes: number): string {
  let value = bytes;
  let unit = "B";
  for (const larger of units) {
    // From here on three digits would be rounded up to four.
    if (value < 999.5) break;
    value /= 1000;
    unit = larger;
  }
  return `${unit === "B" ? value : value.toPrecision(3)} ${unit}`;
}
