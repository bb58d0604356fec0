import type { BaseSource, FileEntry, FilesConfig, Source } from "../../sources/source";
import type { PropertyBag } from "../properties/bag";
import { parseConnection } from "../properties/connectionInput";
import {
  choice,
  inputError,
  isBag,
  memberPath,
  optionalBag,
  optionalNumber,
  optionalString,
  requiredBag,
  requiredString,
  stringList,
  stringMap,
} from "../properties/readers";
import { parseCopyReferrers } from "../properties/referrerInputs";

const kinds = ["files", "ociLayout", "archive", "image", "daemon"] as const;

/** Reads `source`; nothing in it is unknown any more. @throws ERR_INPUT_INVALID with the path of the wrong part. */
export function parseSource(bag: PropertyBag): Source {
  const source = requiredBag(bag, "source");
  const named = kinds.filter((kind) => source[kind] !== undefined);
  const [kind] = named;
  if (named.length !== 1 || kind === undefined) {
    const found = `exactly one of ${kinds.join(", ")} is needed, but it has ${Object.keys(source).join(", ") || "none"}`;
    throw inputError("source", `${found}${isBuild(source) ? buildHint : ""}`);
  }
  const parsers = {
    files: parseFiles,
    ociLayout: parseOciLayout,
    archive: parseArchive,
    image: parseImage,
    daemon: parseDaemon,
  };
  return parsers[kind](source);
}

/** Names that people write who expect a Dockerfile to be built. */
function isBuild(source: PropertyBag): boolean {
  return ["dockerfile", "context", "build"].some((name) => source[name] !== undefined);
}

const buildHint =
  ". Nothing is built here: build with docker buildx, BuildKit, podman or ACR Tasks (AcrBuild), and give its output as ociLayout, archive, daemon or image";

function parseOciLayout(source: PropertyBag): Source {
  const reference = optionalString(source, "reference", "source");
  return { ociLayout: requiredString(source, "ociLayout", "source"), ...(reference !== undefined && { reference }) };
}

function parseArchive(source: PropertyBag): Source {
  const reference = optionalString(source, "reference", "source");
  return { archive: requiredString(source, "archive", "source"), ...(reference !== undefined && { reference }) };
}

function parseDaemon(source: PropertyBag): Source {
  return { daemon: requiredString(source, "daemon", "source") };
}

function parseImage(source: PropertyBag): Source {
  const registry = optionalBag(source, "registry", "source");
  return {
    image: requiredString(source, "image", "source"),
    attestations: choice(source, "attestations", ["keep", "drop"], "keep", "source"),
    copyReferrers: parseCopyReferrers(source, "source"),
    ...(registry && { registry: parseConnection(registry, "source.registry") }),
  };
}

function parseFiles(source: PropertyBag): Source {
  const files = requiredBag(source, "files", "source");
  const config = optionalBag(source, "config", "source");
  const entries = Object.entries(files).map(([target, entry]) => [
    target,
    parseFile(entry, memberPath("source.files", target)),
  ]);
  if (entries.length === 0) throw inputError("source.files", "at least one file is needed");
  const base = parseBase(source["base"]);
  return {
    files: Object.fromEntries(entries),
    ...(base !== undefined && { base }),
    compression: choice(source, "compression", ["gzip", "none"], "gzip", "source"),
    ...(config && { config: parseConfig(config) }),
  };
}

function parseBase(base: unknown): BaseSource | undefined {
  const path = "source.base";
  if (base === undefined || base === null) return undefined;
  if (typeof base === "string" && base !== "") return base;
  const forms = "a reference, {image, registry?} or {ociLayout, reference?}";
  if (!isBag(base)) throw inputError(path, `${forms} is needed`);
  const { image, ociLayout, registry, reference, ...others } = base;
  const isOneKind = image === undefined ? registry === undefined : ociLayout === undefined && reference === undefined;
  const [unknown] = Object.keys(others);
  if (!isOneKind || unknown !== undefined || (image ?? ociLayout) === undefined)
    throw inputError(path, `${forms} is needed, but it has ${Object.keys(base).join(", ") || "nothing"}`);
  if (ociLayout !== undefined) {
    const name = optionalString(base, "reference", path);
    return { ociLayout: requiredString(base, "ociLayout", path), ...(name !== undefined && { reference: name }) };
  }
  const connection = optionalBag(base, "registry", path);
  return {
    image: requiredString(base, "image", path),
    ...(connection && { registry: parseConnection(connection, `${path}.registry`) }),
  };
}

function parseFile(entry: unknown, path: string): FileEntry {
  if (typeof entry === "string") return entry;
  if (!isBag(entry)) throw inputError(path, "a path, or {path, mode, uid, gid}, is needed");
  const numbers = ["mode", "uid", "gid"].map((name) => [name, optionalNumber(entry, name, path)] as const);
  return {
    path: requiredString(entry, "path", path),
    ...Object.fromEntries(numbers.filter(([, value]) => value !== undefined)),
  };
}

function parseConfig(bag: PropertyBag): FilesConfig {
  const path = "source.config";
  const lists = ["entrypoint", "cmd", "exposedPorts"].map((name) => [name, bag[name] && stringList(bag, name, path)]);
  const maps = ["env", "labels"].map((name) => [name, stringMap(bag, name, path)]);
  const texts = ["workingDir", "user"].map((name) => [name, optionalString(bag, name, path)]);
  return Object.fromEntries([...lists, ...maps, ...texts].filter(([, value]) => value !== undefined));
}
