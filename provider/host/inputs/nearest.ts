/** Names that people write for one that is spelt quite otherwise: as other tools have it. */
const otherWords: Readonly<Record<string, readonly string[]>> = {
  host: ["address"],
  url: ["address"],
  server: ["address"],
  auth: ["credentials"],
  login: ["credentials"],
  ca: ["caCertificate"],
  insecure: ["plainHttp"],
  name: ["repository"],
  file: ["files", "path", "archive"],
  path: ["files", "ociLayout", "archive"],
  tar: ["archive"],
  docker: ["daemon"],
  from: ["base", "image", "source"],
  manifests: ["images"],
  sources: ["images", "source"],
  command: ["cmd"],
  environment: ["env"],
  ports: ["exposedPorts"],
};

/** The name among these that was meant by another one; `undefined` when none is near. */
export function nearest(written: string, names: readonly string[]): string | undefined {
  const word = written.toLowerCase();
  const named = otherWords[word]?.find((name) => names.includes(name));
  if (named !== undefined) return named;
  const ranked = names
    .map((name) => ({ name, distance: distanceOf(word, name.toLowerCase()) }))
    .filter(({ distance }) => distance !== undefined)
    .sort((one, other) => Number(one.distance) - Number(other.distance));
  return ranked[0]?.name;
}

const shortestPart = 3;
const longPrefix = 5;

/** How far apart two words are; `undefined` for words that no slip of the hand makes of one another. */
function distanceOf(word: string, name: string): number | undefined {
  const edits = editDistance(word, name);
  if (edits <= Math.max(1, Math.floor(Math.max(word.length, name.length) / 4))) return edits;
  const isPart = Math.min(word.length, name.length) >= shortestPart && (name.includes(word) || word.includes(name));
  return isPart || word.slice(0, longPrefix) === name.slice(0, longPrefix) ? edits : undefined;
}

/** The number of letters to insert, leave out, change, or swap with their neighbour, that make one word of another. */
function editDistance(one: string, other: string): number {
  let before: readonly number[] = [];
  let last: readonly number[] = Array.from({ length: other.length + 1 }, (_, column) => column);
  for (let row = 1; row <= one.length; row++) {
    const current = [row];
    for (let column = 1; column <= other.length; column++) {
      const isSame = one[row - 1] === other[column - 1];
      const isSwapped = one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1];
      current.push(
        Math.min(
          at(last, column) + 1,
          at(current, column - 1) + 1,
          at(last, column - 1) + (isSame ? 0 : 1),
          isSwapped ? at(before, column - 2) + 1 : Number.POSITIVE_INFINITY,
        ),
      );
    }
    [before, last] = [last, current];
  }
  return at(last, other.length);
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY;
}
