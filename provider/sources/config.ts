import { ProviderError } from "../errors";
import type { Platform } from "../oci/platform";
import type { FilesConfig } from "./source";

/** What an image's config says of an image made of files. */
export interface ConfigContent {
  readonly platform: Platform;
  readonly config: FilesConfig;
  /** Digests of the uncompressed layers, base first. */
  readonly diffIds: readonly string[];
  /** Seconds since the Unix epoch; absent: the config does not say when it was made. */
  readonly created?: number;
}

/**
 * Encodes an image's config: compact JSON, keys in the order of image-spec's Go types, maps in an order
 * that does not depend on how they were filled, empty fields left out.
 * @returns bytes that depend on `content` alone.
 * @throws ERR_INPUT_INVALID with a path below `source.config`.
 * @see https://github.com/opencontainers/image-spec/blob/v1.1.1/config.md
 */
export function encodeConfig({ platform, config, diffIds, created }: ConfigContent): Uint8Array {
  const time = created === undefined ? undefined : timestamp(created);
  return Buffer.from(
    JSON.stringify({
      created: time,
      architecture: platform.architecture,
      os: platform.os,
      "os.version": platform["os.version"],
      "os.features": platform["os.features"],
      variant: platform.variant,
      config: executionParameters(config),
      rootfs: { type: "layers", diff_ids: diffIds },
      history: [{ created: time, created_by: "pulumi-multiarch: files" }],
    }),
  );
}

/**
 * The time that SOURCE_DATE_EPOCH sets for everything that is built.
 * @returns seconds since the Unix epoch; `undefined` when the variable is absent or empty.
 * @throws ERR_INPUT_INVALID with the path `source.files` when it is not a whole number of seconds.
 * @see https://reproducible-builds.org/specs/source-date-epoch/
 */
export function sourceDateEpoch(environment: Readonly<Record<string, string | undefined>>): number | undefined {
  const { SOURCE_DATE_EPOCH: text } = environment;
  if (text === undefined || text === "") return undefined;
  if (/^\d{1,11}$/.test(text)) return Number(text);
  throw invalid(
    "source.files",
    `The environment variable SOURCE_DATE_EPOCH is ${JSON.stringify(text)}, which is not a time. Set it to whole seconds since 1970, or unset it.`,
  );
}

function executionParameters(config: FilesConfig) {
  return {
    User: text(config.user),
    ExposedPorts: ports(config.exposedPorts ?? []),
    Env: environment(config.env ?? {}),
    Entrypoint: list(config.entrypoint),
    Cmd: list(config.cmd),
    WorkingDir: text(config.workingDir),
    Labels: labels(config.labels ?? {}),
  };
}

function text(value: string | undefined): string | undefined {
  return value === "" ? undefined : value;
}

function list(values: readonly string[] | undefined): readonly string[] | undefined {
  return values?.length === 0 ? undefined : values;
}

function environment(variables: Readonly<Record<string, string>>): readonly string[] | undefined {
  const entries = sorted(Object.entries(variables));
  for (const [name] of entries)
    if (name === "" || /[=\0]/.test(name))
      throw invalid(
        `source.config.env[${JSON.stringify(name)}]`,
        `${JSON.stringify(name)} is not the name of an environment variable: it is empty or holds "=". Rename it.`,
      );
  return list(entries.map(([name, value]) => `${name}=${value}`));
}

function ports(exposed: readonly string[]): Readonly<Record<string, object>> | undefined {
  exposed.forEach((port, index) => {
    if (!/^\d{1,5}(\/(tcp|udp))?$/.test(port) || Number.parseInt(port, 10) > 65535)
      throw invalid(
        `source.config.exposedPorts[${index}]`,
        `${JSON.stringify(port)} is not a port. Write port, port/tcp or port/udp, for example "8080/tcp".`,
      );
  });
  // As docker writes them, so that "80" and "80/tcp" are one.
  const full = exposed.map((port) => (port.includes("/") ? port : `${port}/tcp`)).sort();
  return full.length === 0 ? undefined : Object.fromEntries(full.map((port) => [port, {}]));
}

function labels(values: Readonly<Record<string, string>>): Readonly<Record<string, string>> | undefined {
  const entries = sorted(Object.entries(values));
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

function sorted<T>(entries: readonly (readonly [string, T])[]): readonly (readonly [string, T])[] {
  return [...entries].sort(([a], [b]) => (a < b ? -1 : 1));
}

function timestamp(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace(".000Z", "Z");
}

function invalid(path: string, message: string): ProviderError<"ERR_INPUT_INVALID"> {
  return new ProviderError("ERR_INPUT_INVALID", message, { path });
}
