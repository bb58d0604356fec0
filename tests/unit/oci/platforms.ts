import * as fc from "fast-check";
import type { Platform } from "../../../provider/oci/platform";

/** A platform from `os/architecture[/variant]`, with nothing respelled. */
export function literal(text: string): Platform {
  const [os = "", architecture = "", variant] = text.split("/");
  return { os, architecture, ...(variant !== undefined && { variant }) };
}

/** Platforms as an input may have them: known names in any spelling, unknown ones, odd versions and features. */
export const platforms: fc.Arbitrary<Platform> = fc.record(
  {
    os: fc.oneof(fc.constantFrom("linux", "Linux", "macOS", "windows"), fc.stringMatching(/^[A-Za-z0-9_-]{1,6}$/)),
    architecture: fc.oneof(
      fc.constantFrom("amd64", "x86_64", "arm64", "aarch64", "arm", "armhf", "armel", "i386", "constructor"),
      fc.stringMatching(/^[A-Za-z0-9_.-]{1,6}$/),
    ),
    variant: fc.oneof(
      fc.constantFrom("", "v1", "v2", "5", "7", "8", "v8.0", "V9", "v9.0"),
      fc.stringMatching(/^v[0-9.]{1,3}$/),
    ),
    "os.version": fc.oneof(
      fc.constantFrom("", "10.0.20348.1", "1+2", "50%", "a/b", "(é)"),
      fc.string({ maxLength: 5 }),
    ),
    "os.features": fc.array(fc.oneof(fc.constantFrom("win32k", "a+b", "%", ")"), fc.string({ maxLength: 3 })), {
      maxLength: 3,
    }),
  },
  { requiredKeys: ["os", "architecture"] },
);
