import { readFileSync } from "node:fs";
import { join } from "node:path";
import Ajv from "ajv";
import addFormats from "ajv-formats";

const files = ["image-index-schema.json", "content-descriptor.json", "defs-descriptor.json", "defs.json"];

/** The schemas are of draft 4, where `id` was what `$id` is now; their references go by file name and need neither. */
function withoutIds(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  const entries = Object.entries(value).filter(
    ([key, child]) => (key !== "id" && key !== "$schema") || typeof child !== "string",
  );
  return Object.fromEntries(entries);
}

const ajv = addFormats(new Ajv({ strict: false, allErrors: true }));
for (const file of files) ajv.addSchema(JSON.parse(readFileSync(join(__dirname, file), "utf8"), withoutIds), file);

/** What image-spec's schema of an index finds wrong with a document; empty when it is valid. */
export function indexSchemaErrors(bytes: Uint8Array): readonly string[] {
  const valid = ajv.validate("image-index-schema.json", JSON.parse(Buffer.from(bytes).toString()));
  return valid ? [] : (ajv.errors ?? []).map((error) => `${error.instancePath} ${error.message}`);
}
