import { asObject, type JsonObject, parseJson } from "../oci/json";

/**
 * Reads an answer that should be a JSON object.
 * @param limit - the most bytes that it may have.
 * @returns `undefined` for an answer that is none: an empty one, a proxy's page.
 */
export function parseAnswer(bytes: Uint8Array, limit: number): JsonObject | undefined {
  try {
    return asObject(parseJson(bytes, "the answer", limit), "the answer:");
  } catch {
    return undefined;
  }
}
