import type { Platform } from "../../oci/platform";
import { platformFrom } from "../../oci/platform";
import { at, inputError, isBag, memberPath, optionalString, stringList } from "./readers";

const fieldNames: readonly string[] = ["architecture", "os", "os.version", "os.features", "variant"];

/** A platform from either form of input. @throws ERR_INPUT_INVALID with `path`. */
export function parsePlatformInput(value: unknown, path: string): Platform {
  if (typeof value === "string") return at(path, () => platformFrom(value));
  if (!isBag(value)) throw inputError(path, 'a platform such as "linux/arm64" is needed');
  const stranger = Object.keys(value).find((name) => !fieldNames.includes(name));
  if (stranger !== undefined) {
    throw inputError(memberPath(path, stranger), `a platform has no such field, only ${fieldNames.join(", ")}`);
  }
  const features = stringList(value, "os.features", path);
  const fields = Object.fromEntries(
    ["architecture", "os", "os.version", "variant"].flatMap((name) => {
      const text = optionalString(value, name, path);
      return text === undefined ? [] : [[name, text]];
    }),
  );
  return at(path, () =>
    platformFrom({ architecture: "", os: "", ...fields, ...(features.length > 0 && { "os.features": features }) }),
  );
}
