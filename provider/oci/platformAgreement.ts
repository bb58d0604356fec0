import { ProviderError } from "../errors";
import type { Platform } from "./platform";
import { formatPlatform } from "./platform";
import { contradiction } from "./platformComparison";

/**
 * Holds what is declared against what was found.
 * @param path - the input that declares it.
 * @param witness - what the platform was found in: `the image's config`.
 * @throws ERR_PLATFORM_MISMATCH naming the path, both platforms and the field that differs.
 */
export function assertAgreement(declared: Platform, found: Platform, path: string, witness: string): void {
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
