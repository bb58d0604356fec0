import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { seedImage } from "../registry/resources/seed";
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
];

function fromFiles({ target, repository, files }: World): Program {
  const home = { registry: { address: target }, repository };
  const images = platforms.map((platform) => [platform, { ...home, platform, source: sourceOf(files(platform)) }]);
  return { index: { ...home, tags: [tag] }, images: Object.fromEntries(images) };
}

function fromChangedFiles(world: World): Program {
  const { index, images } = fromFiles(world);
  const changed = { ...images[changedPlatform], source: sourceOf(world.files("changed")) };
  return { index, images: { ...images, [changedPlatform]: changed } };
}

function sourceOf(path: string) {
  // Compressing takes time, and is no event on the wire.
  return { files: { "/usr/bin/server": path }, compression: "none", config: { entrypoint: ["/usr/bin/server"] } };
}

function fromElsewhere({ target, elsewhere, repository, sources }: World): Program {
  const images = sources.map((digest, index) => `${index === 0 ? elsewhere : target}/${sourceRepository}@${digest}`);
  return { index: { registry: { address: target }, repository, tags: [tag], images }, images: {} };
}

/** Pushes the images of another repository. @returns their digests. */
export async function seedSources(address: string): Promise<readonly string[]> {
  const seeds = platforms.map((platform) =>
    seedImage(address, sourceRepository, platform, { content: executable(platform) }),
  );
  return (await Promise.all(seeds)).map(({ digest }) => digest);
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
