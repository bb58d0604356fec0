import assert from "node:assert/strict";
import type { PropertyBag } from "../../../provider/resources/properties/bag";
import { startProcess } from "../../support/context";
import { forEachRegistry } from "../../support/registries";
import { multiArchImage } from "./engine";
import { suiteFaultProxy } from "./faultProxy";
import { newTestRepository, type TestRepository } from "./repository";
import { seedAttestation, seedIndex } from "./seed";

const platforms = ["linux/amd64", "linux/arm64"];

forEachRegistry("the children of an index that come from another repository", (registry) => {
  const proxy = suiteFaultProxy(registry);
  let ours: TestRepository;
  let theirs: TestRepository;
  let asked: string[];
  beforeEach(() => {
    ours = newTestRepository(proxy);
    theirs = newTestRepository(proxy);
    asked = [];
    proxy.fail((method, path) => {
      asked.push(`${method} ${path.includes(ours.name) ? "ours" : "theirs"}`);
      return undefined;
    });
  });

  const seeded = (tagged: boolean) =>
    Promise.all(platforms.map((platform) => theirs.image(platform, tagged ? { tag: platform.replace("/", "-") } : {})));
  const program = (images: readonly unknown[]): PropertyBag => ({ ...ours.target, tags: ["1.0"], images });
  const name = () => `${proxy.address}/${theirs.name}`;

  /** A PlatformImage that lives there, with an attestation. */
  async function theirsWithAttestation(): Promise<PropertyBag> {
    const [image] = await seeded(false);
    assert.ok(image);
    const attestation = await seedAttestation(proxy.address, theirs.name, image);
    const home = { address: proxy.address, repository: theirs.name };
    return { descriptor: image, attestationManifests: [attestation], ...home };
  }

  async function pushed(images: readonly unknown[]) {
    const index = multiArchImage();
    await index.up(program(images));
    asked = [];
    return { index, images: program(images) };
  }

  it("given by digest, are looked at in the index's repository alone when nothing changed", async () => {
    const { index, images } = await pushed((await seeded(false)).map(({ digest }) => `${name()}@${digest}`));
    assert.equal((await index.preview(images)).changes, false);
    assert.deepEqual(asked.sort(), ["HEAD ours", "HEAD ours", "HEAD ours"]);
  });

  it("given by digest, may vanish where they came from", async () => {
    const seeds = await seeded(false);
    const { index, images } = await pushed(seeds.map(({ digest }) => `${name()}@${digest}`));
    for (const { digest } of seeds) await theirs.deleteManifest(digest);
    assert.equal((await index.preview(images)).changes, false);
  });

  it("given by tag, are looked at where the tag is and in the index's repository when nothing changed", async () => {
    await seeded(true);
    const { index, images } = await pushed(["linux-amd64", "linux-arm64"].map((tag) => `${name()}:${tag}`));
    assert.equal((await index.preview(images)).changes, false);
    assert.deepEqual(asked.sort(), ["HEAD ours", "HEAD ours", "HEAD ours", "HEAD theirs", "HEAD theirs"]);
  });

  it("given by tag, are no drift when they are gone and the tag leads to others", async () => {
    const [image] = await seeded(true);
    const { index, images } = await pushed([`${name()}:linux-amd64`]);
    await ours.deleteManifest(String(image?.digest));
    await theirs.image("linux/amd64", { tag: "linux-amd64" });
    const { changes, inputs } = await index.preview(images);
    assert.deepEqual([changes, inputs["drift"]], [true, undefined]);
  });

  it("given as a PlatformImage with an attestation, are looked at both when nothing changed", async () => {
    const image = await theirsWithAttestation();
    const { index, images } = await pushed([image]);
    assert.equal((await index.preview(images)).changes, false);
    assert.deepEqual(asked.sort(), ["HEAD ours", "HEAD ours", "HEAD ours"]);
  });

  it("given as one index by digest, are looked at one by one, and brought again", async () => {
    const seeds = await seeded(false);
    const { digest } = await seedIndex(proxy.address, theirs.name, seeds);
    const { index, images } = await pushed([`${name()}@${digest}`]);
    const [gone = ""] = seeds.map((seed) => seed.digest);
    await ours.deleteManifest(gone);
    const { drift } = (await index.preview(images)).inputs;
    assert.deepEqual(drift, { [`linux/amd64 (${gone})`]: "gone" });
    await index.up(images);
    assert.equal(await ours.digestAt(gone), gone);
    assert.equal((await index.preview(images)).changes, false);
  });

  it('are not looked at with reconcile: "onRefresh"', async () => {
    const index = multiArchImage();
    const images = (await seeded(false)).map(({ digest }) => `${name()}@${digest}`);
    const quiet = { ...program(images), reconcile: "onRefresh" };
    await index.up(quiet);
    asked = [];
    await index.preview(quiet);
    assert.deepEqual(asked, []);
  });

  it("are the subject of a warning when they cannot be looked at", async () => {
    const { index, images } = await pushed((await seeded(false)).map(({ digest }) => `${name()}@${digest}`));
    proxy.fail((_method, path) => (path.includes("sha256:") ? { status: 503 } : undefined));
    const process = startProcess();
    assert.equal((await index.preview(images, process)).changes, false);
    assert.match(process.warnings[0] ?? "", /^drift not checked: .*@sha256:\w+ could not be looked at/);
  });

  it("must be seen: a refusal is an error", async () => {
    const { index, images } = await pushed((await seeded(false)).map(({ digest }) => `${name()}@${digest}`));
    proxy.fail((_method, path) => (path.includes("sha256:") ? { status: 403 } : undefined));
    await assert.rejects(index.preview(images), /403/);
  });

  it("given as a PlatformImage, are an error that names both places when they are in neither", async () => {
    const [image] = await seeded(false);
    const digest = String(image?.digest);
    const described = { descriptor: image, attestationManifests: [], address: proxy.address, repository: theirs.name };
    const { index, images } = await pushed([described]);
    await Promise.all([ours.deleteManifest(digest), theirs.deleteManifest(digest)]);
    await assert.rejects(index.preview(images), {
      code: "ERR_NOT_FOUND",
      message: new RegExp(`^images\\[0\\]: ${digest} is gone from .*${ours.name}, and .*${theirs.name}@${digest}`),
    });
  });
});
