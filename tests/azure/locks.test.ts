import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hasCode } from "../../provider/errors";
import type { PropertyBag } from "../../provider/resources/properties/bag";
import { uniqueName } from "../registry/distribution/content";
import { multiArchImage, platformImage, type Resource } from "../registry/resources/engine";
import { startProcess, type TestProcess } from "../support/context";
import { type Acr, startAcr } from "./acr";
import { fullAccess } from "./acrTokens";
import { acrClient, clientId, clientSecret, secretEnvironment } from "./clients";
import { type Entra, startEntra } from "./entra";

/** An application that may only pull. */
const readerId = "99992222-bbbb-3333-cccc-4444dddd5555";

describe("locks of an Azure registry", () => {
  let entra: Entra;
  let acr: Acr;
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "multiarch-locks-"));
    for (const name of ["one", "two"]) await writeFile(join(folder, name), name);
    const secret = { secret: clientSecret };
    entra = await startEntra({ applications: { [clientId]: secret, [readerId]: secret } });
    acr = await startAcr({ entra, principals: { [clientId]: fullAccess, [readerId]: { "*": ["pull"] } } });
  });
  after(async () => {
    await acr.stop();
    await entra.stop();
    await rm(folder, { recursive: true });
  });

  let repository: string;
  let image: Resource;
  beforeEach(() => {
    repository = uniqueName();
    image = platformImage();
  });

  const process = (): TestProcess => startProcess({ directory: folder, environment: secretEnvironment(entra) });
  const program = (file: "one" | "two", more: PropertyBag = {}): PropertyBag => ({
    registry: { address: acr.address, credentials: { azure: {} } },
    repository,
    platform: "linux/amd64",
    tag: "1.0",
    source: { files: { "/file": file } },
    ...more,
  });
  const up = (bag: PropertyBag) => image.up(bag, process());
  const item = () => acr.repositories.get(repository);
  const isTagLocked = () => item()?.tags.get("1.0")?.attributes.writeEnabled === false;
  const isManifestLocked = (digest: unknown) =>
    item()?.manifests.get(String(digest))?.attributes.deleteEnabled === false;
  const lockByHand = () => {
    const attributes = item()?.tags.get("1.0")?.attributes;
    if (attributes !== undefined) attributes.writeEnabled = false;
  };
  const heldBy = async () =>
    (
      await acrClient(acr, { credentials: { azure: {} }, environment: secretEnvironment(entra) })
        .repository(repository)
        .headManifest("1.0")
    )?.digest;

  it("lock names the tag and the manifest", async () => {
    const { digest } = await up(program("one", { lock: { tag: true, manifest: true } }));
    assert.deepEqual([isTagLocked(), isManifestLocked(digest)], [true, true]);
  });

  it("lock names the tags of an index", async () => {
    const { digest, descriptor } = await up(program("one"));
    const index = multiArchImage();
    const { registry } = program("one");
    const images = [{ descriptor, address: acr.address, repository, digest }];
    await index.up({ registry, repository, tags: ["a", "b"], images, lock: { tag: true } }, process());
    assert.deepEqual(
      ["a", "b"].map((tag) => item()?.tags.get(tag)?.attributes),
      Array(2).fill({ writeEnabled: false, deleteEnabled: false, readEnabled: true, listEnabled: true }),
    );
  });

  it("lock is added and nothing else changes", async () => {
    await up(program("one"));
    await up(program("one", { lock: { tag: true } }));
    assert.equal(isTagLocked(), true);
  });

  it("nothing changes", async () => {
    await up(program("one", { lock: { tag: true } }));
    acr.reset();
    await up(program("one", { lock: { tag: true } }));
    assert.deepEqual(
      acr.lines().filter((line) => line.includes("/acr/v1/")),
      [],
    );
  });

  it("somebody lifts the locks by hand, and the state is refreshed", async () => {
    const locked = program("one", { lock: { tag: true, manifest: true } });
    const { digest } = await up(locked);
    for (const attributes of [item()?.tags.get("1.0")?.attributes, item()?.manifests.get(String(digest))?.attributes])
      if (attributes !== undefined) Object.assign(attributes, { writeEnabled: true, deleteEnabled: true });
    const refreshed = await image.refresh(process());
    assert.deepEqual(refreshed?.["drift"], { "lock of 1.0": "lifted", [`lock of ${digest}`]: "lifted" });
    const { drift } = await up(locked);
    assert.deepEqual([drift, isTagLocked(), isManifestLocked(digest)], [undefined, true, true]);
    assert.equal((await image.preview(locked, process())).changes, false);
  });

  it("the state is refreshed and the locks are as they were", async () => {
    const locked = program("one", { lock: { tag: true, manifest: true } });
    await up(locked);
    assert.equal((await image.refresh(process()))?.["drift"], undefined);
  });

  it("the state is refreshed by somebody who may not read locks", async () => {
    await up(program("one", { lock: { tag: true } }));
    const environment = { ...secretEnvironment(entra), ARM_CLIENT_ID: readerId };
    const reader = startProcess({ directory: folder, environment });
    assert.equal((await image.refresh(reader))?.["drift"], undefined);
    assert.match(reader.warnings.join(), /^locks not checked: /);
  });

  it("a tag that the resource has locked is to move", async () => {
    await up(program("one", { lock: { tag: true } }));
    await assert.rejects(
      image.preview(program("two", { lock: { tag: true } }), process()),
      (error) =>
        hasCode(error, "ERR_INPUT_INVALID") &&
        /^lock\.tag: 1\.0 would move to sha256:.*onLocked: "unlock"/.test(error.message),
    );
  });

  it('a tag that the resource has locked is to move, with onLocked: "unlock"', async () => {
    await up(program("one", { lock: { tag: true } }));
    const { digest } = await up(program("two", { lock: { tag: true }, onLocked: "unlock" }));
    assert.deepEqual([await heldBy(), isTagLocked()], [digest, true]);
  });

  it("lock is taken out and the tag is to move", async () => {
    await up(program("one", { lock: { tag: true } }));
    const { digest } = await up(program("two"));
    assert.deepEqual([await heldBy(), isTagLocked()], [digest, false]);
  });

  it("the image changes and its manifest was locked", async () => {
    const before = await up(program("one", { lock: { manifest: true } }));
    const after = await up(program("two", { lock: { manifest: true } }));
    assert.deepEqual([isManifestLocked(before["digest"]), isManifestLocked(after["digest"])], [false, true]);
  });

  it("somebody else has locked a tag that is to move", async () => {
    const { digest } = await up(program("one"));
    lockByHand();
    await assert.rejects(up(program("two")), (error) => {
      assert.equal(hasCode(error, "ERR_LOCKED"), true);
      return (
        error instanceof Error &&
        /405 REGISTRY_DISALLOWED_OPERATION.* the tag localhost:\d+\/team\/[\w-]+:1\.0 is locked \(writeEnabled: false\).*onLocked: "unlock"/.test(
          error.message,
        )
      );
    });
    assert.equal(await heldBy(), digest);
  });

  it('somebody else has locked a tag that is to move, with onLocked: "unlock"', async () => {
    await up(program("one"));
    lockByHand();
    const { digest } = await up(program("two", { onLocked: "unlock" }));
    assert.deepEqual([await heldBy(), isTagLocked()], [digest, false]);
  });

  it("somebody else has locked the repository", async () => {
    await up(program("one"));
    const attributes = item()?.attributes;
    if (attributes !== undefined) attributes.writeEnabled = false;
    await assert.rejects(
      up(program("two", { onLocked: "unlock" })),
      /the repository localhost:\d+\/team\/[\w-]+ is locked \(writeEnabled: false\)/,
    );
  });

  it("the resource is destroyed and has locked its tag and manifest", async () => {
    const { digest } = await up(program("one", { lock: { tag: true, manifest: true }, onDelete: "delete" }));
    await image.destroy(process());
    assert.deepEqual([await heldBy(), item()?.manifests.has(String(digest))], [undefined, false]);
  });

  it("the resource is destroyed and somebody else has locked its tag", async () => {
    await up(program("one"));
    lockByHand();
    await assert.rejects(image.destroy(process()), /the tag localhost:\d+\/team\/[\w-]+:1\.0 is locked/);
  });

  it('the resource is destroyed and somebody else has locked its tag, with onLocked: "unlock"', async () => {
    await up(program("one", { onLocked: "unlock" }));
    lockByHand();
    await image.destroy(process());
    assert.equal(await heldBy(), undefined);
  });

  it('the resource is destroyed with onDelete: "delete" and somebody else has locked its manifest', async () => {
    const { digest } = await up(program("one", { onDelete: "delete" }));
    const attributes = item()?.manifests.get(String(digest))?.attributes;
    if (attributes !== undefined) attributes.deleteEnabled = false;
    const last = process();
    await image.destroy(last);
    assert.match(last.warnings.join(), /kept .*: .*the manifest .* is locked \(deleteEnabled: false\)/);
  });

  it("somebody else has locked a tag that names the digest already", async () => {
    await up(program("one"));
    lockByHand();
    const other = platformImage("other");
    const { adoptedTags } = await other.up(program("one"), process());
    assert.deepEqual(adoptedTags, ["1.0"]);
  });

  it("the registry is none of Azure's", async () => {
    const registry = { address: acr.registry.address };
    await assert.rejects(
      image.preview(program("one", { registry, lock: { tag: true } }), process()),
      /^ProviderError: lock: localhost:\d+ has no locks/,
    );
  });

  it("lock names the tag of a resource without one", async () => {
    await assert.rejects(
      image.preview(program("one", { tag: undefined, lock: { tag: true } }), process()),
      /^ProviderError: lock\.tag: there is no tag/,
    );
  });
});
