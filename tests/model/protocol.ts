import type { PropertyBag } from "../../provider/resources/properties/bag";
import type { Declared } from "./program";
import { json } from "./state";

/** What the engine does with a resource. */
export type Op = "create" | "update" | "same" | "replace" | "delete" | "read" | "skip";

/** What a check refused, or another call threw. */
export class StepError extends Error {
  override readonly name = "StepError";
}

/** Turns what a call throws into a failure of the command. */
export async function reporting<T>(name: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw new StepError(`${name}: ${messageOf(error)}`);
  }
}

/** The message of anything thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The protocol's server adds the text that finds the provider to whatever it is given. */
export function withProvider(bag: unknown): PropertyBag {
  return { ...json(bag), __provider: provider };
}

const types = { platformImage: "PlatformImage", multiArchImage: "MultiArchImage", importedImage: "ImportedImage" };

/** The URN of a resource of the program. */
export function urnOf({ kind, name }: Pick<Declared, "kind" | "name">): string {
  return `urn:pulumi:dev::model::pulumi-nodejs:dynamic/multiarch:${types[kind]}::${name}`;
}

/** In the place of the text that finds the provider. */
export const provider = "model";
