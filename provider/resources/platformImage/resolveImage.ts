import { resolveSource } from "../../sources/resolve";
import type { ResolvedImage } from "../../sources/source";
import type { Context } from "../context";
import type { ImageInputs } from "./inputs";

/** The image that the inputs' source gives now. @throws what `resolveSource` throws. */
export function resolveImage(context: Context, inputs: ImageInputs): Promise<ResolvedImage> {
  const { source, platform, annotations } = inputs;
  return resolveSource(source, platform, context, annotations ? { annotations } : {});
}
