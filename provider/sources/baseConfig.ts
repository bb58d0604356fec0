import { parseImageConfig } from "../oci/imageConfig";
import {
  arrayOf,
  asObject,
  asString,
  type JsonReader,
  optionalField,
  optionalString,
  parseJson,
  recordOf,
} from "../oci/json";
import { manifestLimit } from "../oci/manifest";
import type { Platform } from "../oci/platform";

/** What of a base image's config goes into the config of an image on it. */
export interface BaseConfig {
  readonly platform?: Platform;
  readonly author?: string;
  readonly diffIds: readonly string[];
  readonly parameters: BaseParameters;
  /** Its entries as they are; absent when the base has none. */
  readonly history?: readonly unknown[];
}

/** How containers of the base run, by the names of the specification. */
export interface BaseParameters {
  readonly User?: string;
  readonly ExposedPorts?: Readonly<Record<string, unknown>>;
  readonly Env?: readonly string[];
  readonly Entrypoint?: readonly string[];
  readonly Cmd?: readonly string[];
  readonly WorkingDir?: string;
  readonly Labels?: Readonly<Record<string, string>>;
  /** Everything else that is there: `Volumes`, `StopSignal`, `Healthcheck`, `Shell` and so on. */
  readonly others: Readonly<Record<string, unknown>>;
}

/**
 * Parses the config of a base image, in OCI or Docker format.
 * @param what - names the config in messages.
 * @throws ERR_CONTENT_INVALID for what is no config, naming the wrong field's path; ERR_CONTENT_TOO_LARGE over 4 MiB.
 * @see https://github.com/opencontainers/image-spec/blob/v1.1.1/config.md#properties
 */
export function parseBaseConfig(bytes: Uint8Array, what: string): BaseConfig {
  const { platform, diffIds } = parseImageConfig(bytes, what);
  const document = asObject(parseJson(bytes, what, manifestLimit), `${what}:`);
  const author = optionalString(document, "author");
  const history = optionalField(document, "history", arrayOf(asAnything));
  return {
    diffIds,
    parameters: optionalField(document, "config", readParameters) ?? { others: {} },
    ...(platform && { platform }),
    ...(author && { author }),
    ...(history?.length && { history }),
  };
}

const asAnything: JsonReader<unknown> = (value) => value;

function readParameters(value: unknown, path: string): BaseParameters {
  const object = asObject(value, path);
  const texts = (key: string) => optionalField(object, key, arrayOf(asString));
  const known = {
    User: optionalString(object, "User"),
    ExposedPorts: optionalField(object, "ExposedPorts", recordOf(asAnything)),
    Env: texts("Env"),
    Entrypoint: texts("Entrypoint"),
    Cmd: texts("Cmd"),
    WorkingDir: optionalString(object, "WorkingDir"),
    Labels: optionalField(object, "Labels", recordOf(asString)),
  };
  const isOther = ([key, field]: readonly [string, unknown]) => !Object.hasOwn(known, key) && field !== null;
  return {
    ...Object.fromEntries(Object.entries(known).filter(([, field]) => field !== undefined)),
    others: Object.fromEntries(Object.entries(object.fields).filter(isOther)),
  };
}
