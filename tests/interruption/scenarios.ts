import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { seedImage, seedIndex } from "../registry/resources/seed";
import { binaryFor } from "../support/images";
import type { Program } from "./engine";

/** The tag of every index here. */
export const tag = "1.4.0";

const platforms = ["linux/amd64", "linux/arm64", "linux/arm/v7"] as const;
const changedPlatform = platforms[0];
const sourceRepository = "team/source";

/** Where a scenario takes place. */
export interface World {
  /** The registry's address. */
  readonly target: string;
  /** Another address of it: to every client, another registry. */
  readonly elsewhere: string;
  readonly repository: string;
  /** Images of another repository: a digest for each platform. */
  readonly sources: readonly string[];
  /** Executables by platform, and `changed`: their paths. */
  readonly files: (name: string) => string;
}

/** A push, over which a provider process may be killed. */
export interface Scenario {
  readonly title: string;
  /** What the stack holds before it, if anything. */
  readonly before?: (world: World) => Program;
  readonly program: (world: World) => Program;
}

/** Every push. */
export const scenarios: readonly Scenario[] = [
  { title: "three images from files, and an index over them", program: fromFiles },
  { title: "an index over images of another repository and of another registry", program: fromElsewhere },
  { title: "one changed image of three, and the index over them", before: fromFiles, program: fromChangedFiles },
  { title: "a copy of an index of another registry", program: fromIndex },
];

function fromFiles({ target, repository, files }: World): Program {
  const home = { registry: { address: target }, repository };
  const images = platforms.map((platform) => [platform, { ...home, platform, source: sourceOf(files(platform)) }]);
  return { kind: "multiArchImage", index: { ...home, tags: [tag] }, images: Object.fromEntries(images) };
}

function fromChangedFiles(world: World): Program {
  const { images, ...program } = fromFiles(world);
  const changed = { ...images[changedPlatform], source: sourceOf(world.files("changed")) };
  return { ...program, images: { ...images, [changedPlatform]: changed } };
}

function sourceOf(path: string) {
  // Compressing takes time, and is no event on the wire.
  return { files: { "/usr/bin/server": path }, compression: "none", config: { entrypoint: ["/usr/bin/server"] } };
}

function fromElsewhere({ target, elsewhere, repository, sources }: World): Program {
  const images = sources.map((digest, index) => `${index === 0 ? elsewhere : target}/${sourceRepository}@${digest}`);
  const index = { registry: { address: target }, repository, tags: [tag], images };
  return { kind: "multiArchImage", index, images: {} };
}

function fromIndex({ target, elsewhere, repository }: World): Program {
  const source = { image: `${elsewhere}/${sourceRepository}:${tag}` };
  const index = { registry: { address: target }, repository, tags: [tag], source };
  return { kind: "importedImage", index, images: {} };
}

/** Pushes the images of another repository, and an index over them under {@link tag}. @returns the images' digests. */
export async function seedSources(address: string): Promise<readonly string[]> {
  const seeds = platforms.map((platform) =>
    seedImage(address, sourceRepository, platform, { content: executable(platform) }),
  );
  const images = await Promise.all(seeds);
  await seedIndex(address, sourceRepository, images, tag);
  return images.map(({ digest }) => digest);
}

/** Gives the enclosing suite the local files. */
export function localFiles(): World["files"] {
  let folder = "";
  const path = (name: string) => join(folder, name.replaceAll("/", "-"));
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "executables-"));
    for (const platform of platforms) writeFileSync(path(platform), executable(platform));
    writeFileSync(path("changed"), Buffer.concat([executable(changedPlatform), Buffer.from("changed")]));
  });
  after(() => rmSync(folder, { recursive: true }));
  return path;
}

// More than what is sent from memory, so that layers are streamed.
const executableBytes = 80 * 1024;

/** The beginning of a real executable: its header, and enough for a layer of some size. */
function executable(platform: string): Buffer {
  const bytes = Buffer.alloc(executableBytes);
  const file = openSync(binaryFor(platform), "r");
  try {
    readSync(file, bytes);
  } finally {
    closeSync(file);
  }
  return bytes;
}
