import { resolveSource } from "../../sources/resolve";
import type { ResolvedImage } from "../../sources/source";
import type { Context } from "../context";
import { sourceRegistry } from "../process/plannedRepository";
import type { ImageInputs } from "./inputs";

/** The image that the inputs' source gives now. @throws what `resolveSource` throws. */
export function resolveImage(context: Context, inputs: ImageInputs): Promise<ResolvedImage> {
  const { source, platform, annotations } = inputs;
  const world = { ...context, registry: sourceRegistry(context) };
  return resolveSource(source, platform, world, annotations ? { annotations } : {});
}
