import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Mutant } from "./mutants";

/** A patch, and the file that it belongs to. */
export interface PlacedPatch {
  /** Its absolute path. */
  readonly file: string;
  readonly find: string;
  readonly put: string;
}

/** Finds where a mutant's patches belong. @throws when a text is not in the sources, or more than once. */
export function place({ fault, patches }: Mutant): readonly PlacedPatch[] {
  return patches.map(({ find, put }) => {
    const found = sources().flatMap(({ file, text }) =>
      Array.from({ length: text.split(find).length - 1 }, () => file),
    );
    const [file] = found;
    if (file === undefined || found.length > 1)
      throw new Error(`${fault}: provider/ has this text ${found.length} times, and not once: ${find}`);
    return { file, find, put };
  });
}

let read: readonly { readonly file: string; readonly text: string }[] | undefined;

function sources() {
  const provider = join(__dirname, "../../../provider");
  const names = readdirSync(provider, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts"));
  read ??= names.map((name) => ({ file: join(provider, name), text: readFileSync(join(provider, name), "utf8") }));
  return read;
}
