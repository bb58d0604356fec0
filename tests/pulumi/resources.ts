import type { CommandResult, Stack } from "../support/pulumi";
import { succeeding } from "./plan";
import { programText } from "./programs";

/** One resource of a program that is made of data. */
export interface Declared {
  readonly kind: "Registry" | "PlatformImage" | "MultiArchImage" | "ImportedImage";
  readonly name: string;
  /** `{resource: name}` among `images` is the PlatformImage of that name. */
  readonly args: Readonly<Record<string, unknown>>;
  /** Resource options; what is a resource there is named. */
  readonly options?: Readonly<Record<string, unknown>>;
}

const body = `
const made = {};
const named = (name) => Array.isArray(name) ? name.map(named) : made[name] || name;
for (const { kind, name, args, options = {} } of resources) {
  const images = args.images && args.images.map((image) => (image.resource ? made[image.resource] : image));
  const opts = Object.fromEntries(Object.entries(options).map(([key, value]) =>
    [key, ["dependsOn", "deletedWith"].includes(key) ? named(value) : value]));
  made[name] = new multiarch[kind](name, { ...args, ...(images && { images }) }, opts);
}
`;

/** The program that declares these resources in this order, and nothing else. */
export function declaring(...resources: readonly Declared[]): string {
  return programText({ resources }, body);
}

/** A MultiArchImage. */
export function index(name: string, args: Declared["args"], options?: Declared["options"]): Declared {
  return { kind: "MultiArchImage", name, args, ...(options && { options }) };
}

/** A PlatformImage. */
export function image(name: string, args: Declared["args"], options?: Declared["options"]): Declared {
  return { kind: "PlatformImage", name, args, ...(options && { options }) };
}

/** An ImportedImage. */
export function imported(name: string, args: Declared["args"], options?: Declared["options"]): Declared {
  return { kind: "ImportedImage", name, args, ...(options && { options }) };
}

/** What the engine keeps of one resource. */
export interface Kept {
  readonly urn: string;
  readonly id: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly outputs: Readonly<Record<string, unknown>>;
  /** Why the last update left it unfinished. */
  readonly initErrors: readonly string[];
}

/** What the engine keeps of each of our resources, by name. */
export async function keptResources(stack: Stack): Promise<ReadonlyMap<string, Kept>> {
  const { deployment }: { readonly deployment: { readonly resources?: readonly Partial<Kept>[] } } = JSON.parse(
    (await succeeding(stack.exportState())).stdout,
  );
  const ours = (deployment.resources ?? []).filter(({ urn = "" }) => urn.includes("multiarch:"));
  return new Map(
    ours.map(({ urn = "", id = "", inputs = {}, outputs = {}, initErrors = [] }) => [
      nameOf(urn),
      { urn, id, inputs, outputs, initErrors },
    ]),
  );
}

/** What is kept of one resource. @throws when there is nothing. */
export function keptOf(resources: ReadonlyMap<string, Kept>, name: string): Kept {
  const kept = resources.get(name);
  if (!kept) throw new Error(`Nothing is kept of ${name}: ${[...resources.keys()].join(", ")}`);
  return kept;
}

function nameOf(urn: string): string {
  return urn.slice(urn.lastIndexOf("::") + 2);
}

/** What a command did with each resource that it did not leave alone, `name: action`, sorted. */
export function changesOf({ stdout }: CommandResult): readonly string[] {
  const lines = stdout.matchAll(/^ [+~><=-]+ +pulumi-nodejs:dynamic\/multiarch:\w+ (\S+) (\w+ed)\b/gm);
  return [...lines].map(([, name, action]) => `${name}: ${action}`).sort();
}
