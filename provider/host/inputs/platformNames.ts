import { isProviderError } from "../../errors";
import { type Platform, platformFrom } from "../../oci/platform";
import { isBag, memberPath } from "../../resources/properties/readers";
import { memberShape, objectsOf, writtenName } from "./members";
import { nearest } from "./nearest";
import type { ObjectShape, ValueShape } from "./shape";

type Bag = Readonly<Record<string, unknown>>;

/** The names that Go has, by which runtimes choose an image; `wasi` is Docker's own. @see https://go.dev/doc/install/source#environment */
const systems =
  "aix android darwin dragonfly freebsd illumos ios js linux netbsd openbsd plan9 solaris unknown wasi wasip1 windows zos";
const architectures =
  "386 amd64 arm arm64 armbe arm64be loong64 mips mipsle mips64 mips64le ppc ppc64 ppc64le riscv riscv64 s390 s390x sparc sparc64 unknown wasm";

/**
 * Finds platforms of an operating system or architecture that no runtime knows. They are allowed, since new ones come.
 * @returns a warning for each, led by the input's path.
 */
export function platformWarnings(shape: ObjectShape, inputs: Bag): readonly string[] {
  return platformsIn(inputs, [shape], "").flatMap(({ path, platform }) => [
    ...strangeName(path, "operating system", platform.os, systems.split(" ")),
    ...strangeName(path, "architecture", platform.architecture, architectures.split(" ")),
  ]);
}

function strangeName(path: string, what: string, name: string, known: readonly string[]): readonly string[] {
  if (known.includes(name)) return [];
  const meant = nearest(name, known);
  const question = meant === undefined ? "Check its spelling." : `Did you mean ${meant}?`;
  return [`${path}: no runtime looks for the ${what} ${JSON.stringify(name)}. ${question}`];
}

interface Found {
  readonly path: string;
  readonly platform: Platform;
}

function platformsIn(bag: Bag, forms: readonly ObjectShape[], path: string): readonly Found[] {
  return Object.entries(bag).flatMap(([name, value]) => {
    const form = forms.find((one) => memberShape(one, name) !== undefined);
    const shape = form && memberShape(form, name);
    return form && shape ? platformsOf(value, shape, memberPath(path, writtenName(form, name))) : [];
  });
}

function platformsOf(value: unknown, shape: ValueShape, path: string): readonly Found[] {
  if (shape === "platform") return parsed(value, path);
  if (typeof shape === "object" && "list" in shape && Array.isArray(value))
    return value.flatMap((item, index) => platformsOf(item, shape.list, memberPath(path, index)));
  return isBag(value) ? platformsIn(value, objectsOf(shape), path) : [];
}

/** Texts that are no platform are refused elsewhere. */
function parsed(value: unknown, path: string): readonly Found[] {
  try {
    const { os, architecture } = isBag(value) ? value : { os: undefined, architecture: undefined };
    if (typeof value === "string") return [{ path, platform: platformFrom(value) }];
    const isPlatform = typeof os === "string" && typeof architecture === "string";
    return isPlatform ? [{ path, platform: platformFrom({ os, architecture }) }] : [];
  } catch (error) {
    if (isProviderError(error)) return [];
    throw error;
  }
}
