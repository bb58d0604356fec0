/** A source of random numbers that gives the same ones for the same seed. */
export interface Random {
  /** From 0 to 1, without 1. */
  next(): number;
  /** A whole number below `limit`. */
  below(limit: number): number;
  pick<T>(list: readonly [T, ...T[]]): T;
}

/** Mulberry32. */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number) => Math.floor(next() * limit);
  return { next, below, pick: ([first, ...others]) => [first, ...others][below(others.length + 1)] ?? first };
}

// Inputs that parsers take for another format.
const fragments: readonly [string, ...string[]] = [
  ...([
    '"',
    "\\",
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "__proto__",
    "constructor",
    "1e400",
    "-0",
    "9007199254740993",
  ] as const),
  ..."\\ud800 \u0000 \r\n ../ %2f ? # @ sha256: sha512: null {{ $ = ; < > \uFEFF é 127.0.0.1 [::1] / .. .wh. ./".split(
    " ",
  ),
  "A".repeat(70),
  "[".repeat(40),
  " ",
  "\t",
];
const largest = 64 * 1024;

/** Changes one to four places of an input. */
export function mutate(input: Buffer, random: Random): Buffer {
  let bytes = input;
  for (let changes = 1 + random.below(4); changes > 0; changes--) bytes = change(bytes, random);
  return bytes.subarray(0, largest);
}

function change(bytes: Buffer, random: Random): Buffer {
  const at = random.below(bytes.length + 1);
  const other = random.below(bytes.length + 1);
  const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)];
  const kind = random.below(10);
  if (kind < 3) return Buffer.concat([before, Buffer.from(random.pick(fragments)), after]);
  if (kind < 5) return Buffer.concat([before, after.subarray(1 + random.below(8))]);
  if (kind < 8) return Buffer.concat([before, Buffer.from([random.below(256)]), after.subarray(1)]);
  if (kind < 9) return Buffer.concat([before, bytes.subarray(Math.min(at, other), Math.max(at, other)), after]);
  return bytes.subarray(0, at);
}

// The fields of a tar's header that say where things are.
const fields: readonly [readonly [number, number], ...(readonly [number, number])[]] = [
  [124, 12],
  [108, 8],
  [116, 8],
  [156, 1],
  [0, 100],
  [157, 100],
  [345, 155],
  [482, 1],
];

/** Changes headers of a tar, most of them with a checksum that fits. */
export function mutateTar(input: Buffer, random: Random): Buffer {
  const bytes = Buffer.from(input);
  for (let changes = 1 + random.below(5); changes > 0; changes--) {
    const block = random.below(Math.ceil(bytes.length / 512)) * 512;
    const [start, length] = random.pick(fields);
    if (random.below(3) > 0) bytes[random.below(bytes.length)] = random.below(256);
    else for (let byte = 0; byte < length; byte++) bytes[block + start + byte] = random.below(256);
  }
  for (let block = 0; block + 512 <= bytes.length; block += 512) if (random.below(10) > 0) sealHeader(bytes, block);
  return random.below(10) === 0 ? bytes.subarray(0, random.below(bytes.length)) : bytes;
}

function sealHeader(bytes: Buffer, block: number): void {
  if (bytes.toString("latin1", block + 257, block + 262) !== "ustar") return;
  bytes.fill(" ", block + 148, block + 156);
  const sum = bytes.subarray(block, block + 512).reduce((total, byte) => total + byte, 0);
  bytes.write(`${sum.toString(8).padStart(6, "0")}\0 `, block + 148, "latin1");
}
