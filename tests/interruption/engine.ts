import type { PropertyBag } from "../../provider/resources/properties/bag";
import { type Kept, resource } from "../registry/resources/engine";
import type { ProviderProcess } from "../support/providerProcess";
import type { Kind } from "../support/providerProtocol";

/** What a program declares: an index, and PlatformImages for it; or an ImportedImage alone. */
export interface Program {
  readonly kind: "multiArchImage" | "importedImage";
  /** Its `images` are references; those of the program come after them. */
  readonly index: PropertyBag;
  /** By platform. */
  readonly images: Readonly<Record<string, PropertyBag>>;
}

/** What the engine keeps of a stack's resources, by name. */
export type State = Map<string, Kept>;

/**
 * Runs the second half of `pulumi up`: the images all at once, then the index over them. What returned is in the state
 * afterwards, also when it fails.
 * @returns the index's digest.
 * @throws what the first call threw that failed.
 */
export async function update(provider: ProviderProcess, program: Program, state: State): Promise<string> {
  const up = async (kind: Kind, name: string, inputs: PropertyBag) => {
    const one = resource(provider.lifecycle(kind), name);
    one.kept = state.get(name);
    try {
      return await one.up(inputs);
    } finally {
      if (one.kept) state.set(name, one.kept);
    }
  };
  const ups = Object.entries(program.images).map(async ([platform, inputs]) => {
    const { descriptor, attestationManifests } = await up("platformImage", platform, inputs);
    return { descriptor, attestationManifests, ...homeOf(inputs) };
  });
  await Promise.allSettled(ups);
  const { images = [] } = program.index;
  const made = await Promise.all(ups);
  const listed = program.kind === "multiArchImage" ? { images: [images, made].flat() } : {};
  const outputs = await up(program.kind, "index", { ...program.index, ...listed });
  return String(outputs["digest"]);
}

function homeOf({ registry, repository }: PropertyBag): PropertyBag {
  const address =
    typeof registry === "object" && registry !== null && "address" in registry ? registry.address : undefined;
  return { address, repository };
}
