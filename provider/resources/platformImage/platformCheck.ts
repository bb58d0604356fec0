import { ProviderError } from "../../errors";
import type { Platform } from "../../oci/platform";
import { contradiction, formatPlatform } from "../../oci/platform";
import type { ResolvedImage } from "../../sources/source";
import { memberPath } from "../inputs";
import type { ImageInputs } from "./inputs";

/**
 * Holds an image against its declared platform: its config, and with `verify: "binaries"` its executables.
 * @throws ERR_PLATFORM_MISMATCH naming the input's path, what is declared and what was found.
 */
export function checkPlatform(inputs: ImageInputs, image: ResolvedImage): void {
  if (inputs.verify === "none") return;
  if (image.configPlatform) agree(inputs.platform, image.configPlatform, "platform", "the image's config");
  if (inputs.verify !== "binaries") return;
  for (const { path, platform } of image.executables ?? []) {
    agree(inputs.platform, platform, memberPath("source.files", path), "this executable's header");
  }
}

function agree(declared: Platform, found: Platform, path: string, witness: string): void {
  const field = contradiction(declared, found);
  if (field === undefined) return;
  const names = { declared: formatPlatform(declared), found: formatPlatform(found) };
  throw new ProviderError(
    "ERR_PLATFORM_MISMATCH",
    `${path}: ${names.declared} is declared, but ${witness} says ${names.found} (its ${field} differs). ` +
      "Declare the platform that it was built for, or give the file or image that was meant.",
    names,
  );
}
