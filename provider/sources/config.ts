import { ProviderError } from "../errors";
import { manifestLimit } from "../oci/manifest";
import type { Platform } from "../oci/platform";
import type { BaseConfig, BaseParameters } from "./baseConfig";
import type { FilesConfig } from "./source";

/** What an image's config says of an image made of files. */
export interface ConfigContent {
  readonly platform: Platform;
  readonly config: FilesConfig;
  /** The digest of the uncompressed layer that the files make. */
  readonly diffId: string;
  /** What the files are laid upon. */
  readonly base?: BaseConfig;
  /** Seconds since the Unix epoch; absent: the config does not say when it was made. */
  readonly created?: number;
}

/**
 * Encodes an image's config: compact JSON, keys in the order of image-spec's Go types, maps in an order
 * that does not depend on how they were filled, empty fields left out. On a base, its parameters stay but for what `config`
 * says; variables, labels and ports are replaced or added one by one. As with a Dockerfile's ENTRYPOINT, an entrypoint
 * without a cmd ends the base's cmd. The base's history stays and gets one entry more; a base with layers and no history
 * leaves the image without one, because entries and layers must match.
 * @returns bytes that depend on `content` alone.
 * @throws ERR_INPUT_INVALID with a path below `source.config`; also for more than 4 MiB.
 * @see https://github.com/opencontainers/image-spec/blob/v1.1.1/config.md
 * @see https://docs.docker.com/reference/dockerfile/#understand-how-cmd-and-entrypoint-interact
 */
export function encodeConfig({ platform, config, diffId, created, base }: ConfigContent): Uint8Array {
  const time = created === undefined ? undefined : timestamp(created);
  const baseLayers = base?.diffIds ?? [];
  const ownHistory = { created: time, created_by: "pulumi-multiarch: files" };
  const bytes = Buffer.from(
    JSON.stringify({
      created: time,
      author: base?.author,
      architecture: platform.architecture,
      os: platform.os,
      "os.version": platform["os.version"],
      "os.features": platform["os.features"],
      variant: platform.variant,
      config: executionParameters(config, base?.parameters ?? { others: {} }, platform.os === "windows"),
      rootfs: { type: "layers", diff_ids: [...baseLayers, diffId] },
      history: baseLayers.length > 0 && !base?.history ? undefined : [...(base?.history ?? []), ownHistory],
    }),
  );
  if (bytes.length <= manifestLimit) return bytes;
  const problem = `The image's config would have ${bytes.length} bytes; at most ${manifestLimit} can be read again, here and by most clients. Shorten labels, variables or commands.`;
  throw invalid("source.config", problem);
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

function executionParameters(config: FilesConfig, base: BaseParameters, ignoresCase: boolean) {
  const { Volumes, StopSignal, ArgsEscaped, ...others } = base.others;
  const isOwnCommand = config.entrypoint !== undefined || config.cmd !== undefined;
  return {
    User: text(config.user ?? base.User),
    ExposedPorts: ports(config.exposedPorts ?? [], base.ExposedPorts ?? {}),
    Env: environment(config.env ?? {}, base.Env ?? [], ignoresCase),
    Entrypoint: list(config.entrypoint ?? base.Entrypoint),
    Cmd: list(config.cmd ?? (config.entrypoint === undefined ? base.Cmd : undefined)),
    Volumes,
    WorkingDir: text(config.workingDir ?? base.WorkingDir),
    Labels: labels({ ...base.Labels, ...config.labels }),
    StopSignal,
    // Says of the base's own command that it is one text, as Windows has it.
    ArgsEscaped: isOwnCommand ? undefined : ArgsEscaped,
    ...others,
  };
}

function text(value: string | undefined): string | undefined {
  return value === "" ? undefined : value;
}

function list(values: readonly string[] | undefined): readonly string[] | undefined {
  return values?.length === 0 ? undefined : values;
}

/** The base's variables in their order, those of the same name with their new value, then the others by name. */
function environment(
  variables: Readonly<Record<string, string>>,
  base: readonly string[],
  ignoresCase: boolean,
): readonly string[] | undefined {
  const keyOf = (name: string) => (ignoresCase ? name.toUpperCase() : name);
  const result = new Map(base.map((entry) => [keyOf(entry.split("=", 1)[0] ?? entry), entry]));
  for (const [name, value] of sorted(Object.entries(variables))) {
    if (name === "" || /[=\0]/.test(name))
      throw invalid(
        `source.config.env[${JSON.stringify(name)}]`,
        `${JSON.stringify(name)} is not the name of an environment variable: it is empty or holds "=". Rename it.`,
      );
    result.set(keyOf(name), `${name}=${value}`);
  }
  return list([...result.values()]);
}

function ports(
  exposed: readonly string[],
  base: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> | undefined {
  exposed.forEach((port, index) => {
    if (!/^\d{1,5}(\/(tcp|udp))?$/.test(port) || Number.parseInt(port, 10) > 65535)
      throw invalid(
        `source.config.exposedPorts[${index}]`,
        `${JSON.stringify(port)} is not a port. Write port, port/tcp or port/udp, for example "8080/tcp".`,
      );
  });
  // As docker writes them, so that "80" and "80/tcp" are one.
  const full = exposed.map((port): [string, unknown] => [port.includes("/") ? port : `${port}/tcp`, {}]);
  const entries = sorted(Object.entries({ ...base, ...Object.fromEntries(full) }));
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
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
