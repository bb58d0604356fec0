import { readdir, readFile, stat } from "node:fs/promises";
import { join, posix } from "node:path";
import { gzipSync } from "node:zlib";
import type { TarEntry } from "../../provider/sources/tar";
import { writeTar } from "../../provider/sources/tar";
import { type Content, digestOf, type Manifest } from "./content";

/** What `docker build` is told. */
export interface Build {
  readonly folder: string;
  readonly dockerfile: string;
  /** `os/arch[/variant]`. */
  readonly platform: string;
  readonly buildArgs: Readonly<Record<string, string>>;
}

interface Stage {
  platform: string;
  readonly entries: TarEntry[];
  readonly config: Record<string, unknown>;
  readonly environment: Record<string, string>;
}

/**
 * Builds an image from a Dockerfile of `FROM scratch`, ARG, COPY, ENV, LABEL, ENTRYPOINT and CMD: no program runs, so what is
 * built for another platform is as real as what is built for this one. Its layer and config go to the repository.
 * @param say - gets the log's lines.
 * @returns the image's manifest, which is nowhere yet.
 * @throws for an instruction that it does not know, or a file that is not there.
 */
export async function buildImage(build: Build, to: Content, say: (line: string) => void): Promise<Manifest> {
  const stage: Stage = { platform: build.platform, entries: [], config: {}, environment: {} };
  const path = join(build.folder, build.dockerfile);
  const text = await readFile(path, "utf8").catch(() => {
    throw new Error(`failed to read dockerfile: open ${build.dockerfile}: no such file or directory`);
  });
  const lines = text.split("\n").filter((line) => line.trim() !== "" && !line.startsWith("#"));
  const values = targetValues(build.platform);
  for (const [index, line] of lines.entries()) {
    say(`Step ${index + 1}/${lines.length} : ${line}`);
    await obey(line.trim(), build, stage, values);
  }
  return pushImage(stage, to);
}

function targetValues(platform: string): Record<string, string> {
  const [TARGETOS = "", TARGETARCH = "", TARGETVARIANT = ""] = platform.split("/");
  return { TARGETPLATFORM: platform, TARGETOS, TARGETARCH, TARGETVARIANT };
}

async function obey(line: string, build: Build, stage: Stage, values: Record<string, string>): Promise<void> {
  const [, instruction = "", rest = ""] = /^(\S+)\s+(.*)$/.exec(line) ?? [];
  const text = rest.replace(/\$\{?(\w+)\}?/g, (_, name: string) => values[name] ?? stage.environment[name] ?? "");
  switch (instruction.toUpperCase()) {
    case "FROM":
      return begin(text, stage);
    case "ARG": {
      const [name = "", value = ""] = text.split("=", 2);
      values[name] = build.buildArgs[name] ?? values[name] ?? value;
      return;
    }
    case "COPY": {
      const [from = "", to = ""] = text.split(/\s+/);
      stage.entries.push(...(await copied(join(build.folder, from), from, to)));
      return;
    }
    case "ENV": {
      const [name = "", value = ""] = text.split("=", 2);
      stage.environment[name] = value;
      return;
    }
    case "ENTRYPOINT":
      stage.config["Entrypoint"] = JSON.parse(text);
      return;
    case "CMD":
      stage.config["Cmd"] = JSON.parse(text);
      return;
    case "LABEL": {
      const [name = "", value = ""] = text.split("=", 2);
      stage.config["Labels"] = { ...Object(stage.config["Labels"]), [name]: value };
      return;
    }
  }
  throw new Error(`unknown instruction: ${instruction}`);
}

/** A base that is fixed to a platform makes an image for that platform, whatever `--platform` says. */
function begin(text: string, stage: Stage): void {
  const [, platform, base] = /^(?:--platform=(\S+)\s+)?(\S+)$/.exec(text) ?? [];
  if (base !== "scratch") throw new Error(`pull access denied for ${text}: this build knows FROM scratch alone`);
  stage.platform = platform ?? stage.platform;
}

async function copied(path: string, from: string, to: string): Promise<TarEntry[]> {
  const found = await stat(path).catch(() => {
    throw new Error(
      `COPY failed: file not found in build context or excluded by .dockerignore: stat ${from}: file does not exist`,
    );
  });
  const target = to.endsWith("/") && found.isFile() ? posix.join(to, posix.basename(from)) : to;
  if (found.isFile()) return [await fileEntry(path, target, found.mode)];
  const names = await readdir(path);
  return (await Promise.all(names.map((name) => copied(join(path, name), name, posix.join(to, name))))).flat();
}

async function fileEntry(path: string, target: string, mode: number): Promise<TarEntry> {
  const bytes = await readFile(path);
  const content = {
    size: bytes.length,
    open: async function* () {
      yield bytes;
    },
  };
  return { name: target.replace(/^\/+/, ""), mode: mode & 0o777, uid: 0, gid: 0, content };
}

async function pushImage({ platform, entries, config, environment }: Stage, to: Content): Promise<Manifest> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of writeTar(entries, 0)) chunks.push(chunk);
  const tar = Buffer.concat(chunks);
  const layer = gzipSync(tar);
  const [os = "", architecture = "", variant] = platform.split("/");
  const image = Buffer.from(
    JSON.stringify({
      architecture,
      os,
      ...(variant !== undefined && { variant }),
      config: { ...config, Env: Object.entries(environment).map(([name, value]) => `${name}=${value}`) },
      rootfs: { type: "layers", diff_ids: [digestOf(tar)] },
    }),
  );
  const descriptor = async (mediaType: string, bytes: Buffer) => ({
    mediaType,
    digest: await to.putBlob(bytes),
    size: bytes.length,
  });
  const mediaType = "application/vnd.docker.distribution.manifest.v2+json";
  const manifest = {
    schemaVersion: 2,
    mediaType,
    config: await descriptor("application/vnd.docker.container.image.v1+json", image),
    layers: [await descriptor("application/vnd.docker.image.rootfs.diff.tar.gzip", layer)],
  };
  return { mediaType, bytes: Buffer.from(JSON.stringify(manifest)) };
}
