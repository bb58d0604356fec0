import assert from "node:assert/strict";
import type { PropertyBag } from "../../../provider/resources/properties/bag";
import { startProcess, type TestProcess } from "../../support/context";
import { type CountingProxy, countingProxy, longestChain, roundsOf } from "../../support/countingProxy";
import { forEachRegistry } from "../../support/registries";
import { uniqueName } from "../distribution/content";
import { multiArchImage, platformImage, type Resource } from "./engine";
import { scripts } from "./scripts";
import { seedImage } from "./seed";

// docs/benchmarks.md shows these figures; change both together.

const platforms = ["linux/amd64", "linux/arm64", "linux/arm/v7", "linux/s390x", "linux/ppc64le"];
/** Blobs of every image here: a layer and the config. */
const L = 2;

/** Without a name to look up, so that connections opened at once are there at once. */
function addressOf({ address }: CountingProxy): string {
  return address.replace("localhost", "127.0.0.1");
}

interface Case {
  readonly n: number;
  readonly T: number;
}

const cases: readonly Case[] = [
  { n: 2, T: 1 },
  { n: 2, T: 2 },
  { n: 5, T: 1 },
  { n: 5, T: 2 },
];

forEachRegistry("the requests of one provider process, and the longest chain of them", (registry) => {
  const files = scripts();
  let proxy: CountingProxy;
  let elsewhere: CountingProxy;
  let repository: string;
  before(async () => {
    const admitted = roundsOf(25);
    proxy = await countingProxy(registry().address, admitted);
    // The same storage under another address is another registry to every client.
    elsewhere = await countingProxy(registry().address, admitted);
  });
  beforeEach(() => {
    repository = uniqueName();
    forget();
  });
  after(() => Promise.all([proxy.stop(), elsewhere.stop()]));

  function forget(): void {
    proxy.reset();
    elsewhere.reset();
  }

  const counted = () => [...proxy.requests, ...elsewhere.requests];

  function assertBudget(requests: number, chain: number): void {
    const lines = counted().map(({ method, path }) => `${method} ${path}`);
    assert.equal(lines.length, requests, lines.join("\n"));
    assert.equal(longestChain(counted()), chain, lines.join("\n"));
  }

  const target = () => ({ registry: { address: addressOf(proxy) }, repository });
  const tagList = (T: number) => Array.from({ length: T }, (_, index) => `1.${index}`);

  async function seeded(n: number, from: string, address = addressOf(proxy)): Promise<readonly string[]> {
    const images = platforms.slice(0, n).map((platform) => seedImage(registry().address, from, platform));
    return (await Promise.all(images)).map(({ digest }) => `${address}/${from}@${digest}`);
  }

  /** A PlatformImage of this repository, in the shape in which the SDK gives it to an index. */
  async function flattened(image: Resource, program: PropertyBag, process?: TestProcess): Promise<PropertyBag> {
    const { descriptor, attestationManifests } = await image.up(program, process);
    return { descriptor, attestationManifests, address: addressOf(proxy), repository };
  }

  for (const { n, T } of cases) {
    const tagged = `${T === 1 ? "one tag" : `${T} tags`}`;

    const platformImages = (process?: TestProcess) => {
      const programs = platforms.slice(0, n).map((platform) => ({ ...target(), platform, source: files.source() }));
      return Promise.all(programs.map((program) => flattened(platformImage(program.platform), program, process)));
    };

    it(`index over ${n} PlatformImages of the program, ${tagged}: 3T in 3`, async () => {
      const process = startProcess();
      const images = await platformImages(process);
      forget();
      await multiArchImage().up({ ...target(), tags: tagList(T), images }, process);
      assertBudget(3 * T, 3);
      const methods = proxy.requests.map(({ method }) => method);
      const order = ["GET", "PUT", "HEAD"].flatMap((method) => Array(T).fill(method));
      assert.deepEqual(methods, order);
    });

    it(`index over ${n} PlatformImages at which the run does not look, ${tagged}: n + 3T in 4`, async () => {
      const images = await platformImages();
      forget();
      await multiArchImage().up({ ...target(), tags: tagList(T), images });
      assertBudget(n + 3 * T, 4);
    });

    it(`index over ${n} references of its repository, ${tagged}: 2n + 3T in 4`, async () => {
      await multiArchImage().up({ ...target(), tags: tagList(T), images: await seeded(n, repository) });
      assertBudget(2 * n + 3 * T, 4);
    });

    it(`index over ${n} references with declared platforms and verify "none", ${tagged}: n + 3T in 3`, async () => {
      const references = await seeded(n, repository);
      const images = references.map((image, index) => ({ image, platform: platforms[index] }));
      await multiArchImage().up({ ...target(), tags: tagList(T), images, verify: "none" });
      assertBudget(n + 3 * T, 3);
    });

    it(`index over ${n} images of another repository, ${tagged}: (3 + L)n + 3T in 6`, async () => {
      await multiArchImage().up({ ...target(), tags: tagList(T), images: await seeded(n, uniqueName()) });
      assertBudget((3 + L) * n + 3 * T, 6);
    });

    it(`index over ${n} images of another registry, ${tagged}: (2 + 3L)n + 3T in 8`, async () => {
      const images = await seeded(n, uniqueName(), addressOf(elsewhere));
      await multiArchImage().up({ ...target(), tags: tagList(T), images });
      assertBudget((2 + 3 * L) * n + 3 * T, 8);
    });

    it(`nothing changed in an index over ${n} tags of another registry, ${tagged}: 2n + T in 1`, async () => {
      const from = uniqueName();
      const seeds = platforms.slice(0, n).map(async (platform) => {
        const tag = platform.replaceAll("/", "-");
        await seedImage(registry().address, from, platform, { tag });
        return `${addressOf(elsewhere)}/${from}:${tag}`;
      });
      const program = { ...target(), tags: tagList(T), images: await Promise.all(seeds) };
      const image = multiArchImage();
      await image.up(program);
      forget();
      await image.up(program);
      assertBudget(2 * n + T, 1);
    });

    it(`nothing changed in an index over ${n} references, ${tagged}: n + T in 1`, async () => {
      const program = { ...target(), tags: tagList(T), images: await seeded(n, repository) };
      const image = multiArchImage();
      await image.up(program);
      forget();
      await image.up(program);
      assertBudget(n + T, 1);
    });
  }

  it("one of five PlatformImages and so the index over them changed: (2L + 1) + 4 + 3T in 6", async () => {
    const platformImages = platforms.map((platform) => platformImage(platform));
    const programs = platforms.map((platform) => ({ ...target(), platform, source: files.source() }));
    const index = multiArchImage();
    const upAll = async (process = startProcess()) => {
      const images = platformImages.map((image, at) => flattened(image, programs[at] ?? {}, process));
      await index.up({ ...target(), tags: tagList(1), images: await Promise.all(images) }, process);
    };
    await upAll();
    programs[1] = { ...target(), platform: "linux/arm64", source: files.source() };
    forget();
    await upAll();
    assertBudget(2 * L + 1 + 4 + 3, 6);
  });

  it("PlatformImage from files with a tag: 2L + 3 in 5", async () => {
    await platformImage().up({ ...target(), tag: "amd64", platform: "linux/amd64", source: files.source() });
    assertBudget(2 * L + 3, 5);
  });

  it("PlatformImage whose tag is renamed: 4 in 4", async () => {
    const program = { ...target(), tag: "amd64", platform: "linux/amd64", source: files.source() };
    const image = platformImage();
    await image.up(program);
    for (const tag of ["renamed", "renamed-again"]) {
      forget();
      await image.up({ ...program, tag });
      assertBudget(4, 4);
    }
  });

  it("PlatformImage from files without a tag: 2L + 1 in 3, once the process has reached the registry", async () => {
    const process = startProcess();
    await process.context.registry({ address: addressOf(proxy) }).ping();
    forget();
    await platformImage().up({ ...target(), platform: "linux/amd64", source: files.source() }, process);
    assertBudget(2 * L + 1, 3);
  });

  it("PlatformImage from files without a tag, as the first that a process asks of a registry: 2L + 2 in 4", async () => {
    await platformImage().up({ ...target(), platform: "linux/amd64", source: files.source() });
    assertBudget(2 * L + 2, 4);
  });

  for (const tag of [undefined, "amd64"]) {
    it(`nothing changed in a PlatformImage ${tag === undefined ? "without" : "with"} a tag: 1`, async () => {
      const program = { ...target(), ...(tag && { tag }), platform: "linux/amd64", source: files.source() };
      const image = platformImage();
      await image.up(program);
      forget();
      await image.up(program);
      assertBudget(1, 1);
    });
  }

  it("an update of inputs that only say how to behave: none but the looks", async () => {
    const program = { ...target(), tags: tagList(2), images: await seeded(2, repository) };
    const image = multiArchImage();
    await image.up(program);
    forget();
    await image.up({ ...program, onDelete: "retain" });
    assert.deepEqual(new Set(counted().map(({ method }) => method)), new Set(["HEAD"]));
  });
});
