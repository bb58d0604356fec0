import { assertAgreement } from "../../oci/platformAgreement";
import type { ResolvedImage } from "../../sources/source";
import { memberPath } from "../properties/readers";
import type { ImageInputs } from "./inputs";

/**
 * Holds an image against its declared platform: its config, and with `verify: "binaries"` its executables.
 * @throws ERR_PLATFORM_MISMATCH naming the input's path, what is declared and what was found.
 */
export function checkPlatform({ platform, verify }: ImageInputs, image: ResolvedImage): void {
  if (verify === "none") return;
  if (image.configPlatform) assertAgreement(platform, image.configPlatform, "platform", "the image's config");
  if (verify !== "binaries") return;
  for (const executable of image.executables ?? []) {
    const path = memberPath("source.files", executable.path);
    assertAgreement(platform, executable.platform, path, `the header of ${executable.file}`);
  }
}
