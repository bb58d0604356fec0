import assert from "node:assert/strict";
import { hasCode } from "../../../provider/errors";
import type { PropertyBag } from "../../../provider/resources/properties/bag";
import { type Acr, startAcr } from "../../azure/acr";
import { fullAccess } from "../../azure/acrTokens";
import { type Arm, startArm } from "../../azure/arm";
import { clientId, clientSecret, secretEnvironment } from "../../azure/clients";
import { type Entra, startEntra } from "../../azure/entra";
import { azureClock } from "../../azure/world";
import { startProcess, type TestProcess } from "../../support/context";
import { type LocalRegistry, startRegistry } from "../../support/registries";
import { importedImage, type Resource } from "./engine";
import { type ImportPlace, newImportPlace } from "./importPlace";

describe("a tag of an imported image that Azure brings", function () {
  this.timeout(60_000);
  let entra: Entra;
  let acr: Acr;
  let arm: Arm;
  let source: LocalRegistry;
  let rights: Record<string, readonly string[]>;
  before(async () => {
    entra = await startEntra({ applications: { [clientId]: { secret: clientSecret } } });
    rights = { ...fullAccess };
    source = await startRegistry({ version: 3 });
    acr = await startAcr({ entra, principals: { [clientId]: rights } });
    arm = await startArm({
      entra,
      registries: [
        { name: "source", loginServer: source.address, url: source.url },
        { name: "target", loginServer: acr.address, url: acr.registry.url, imported: acr.imported },
      ],
    });
  });
  after(async () => {
    for (const one of [arm, acr, entra, source]) await one.stop();
  });

  let place: ImportPlace;
  let copy: Resource;
  beforeEach(() => {
    Object.assign(rights, fullAccess);
    place = newImportPlace(acr.registry, source);
    copy = importedImage();
  });
  afterEach(() => {
    arm.beforeImport = async () => {};
  });

  const process = (): TestProcess =>
    startProcess({
      environment: { ...secretEnvironment(entra), ARM_RESOURCE_MANAGER_ENDPOINT: arm.url },
      clock: azureClock(),
    });
  const program = (more: PropertyBag = {}): PropertyBag => ({
    ...place.program(),
    registry: { address: acr.address, resourceId: arm.registryId("target"), credentials: { azure: {} } },
    source: {
      ...place.sourceAt("built"),
      registry: { address: source.address, resourceId: arm.registryId("source") },
    },
    ...more,
  });
  const up = (more: PropertyBag = {}) => copy.up(program(more), process());
  /** How Azure was asked to write tags. */
  const tagImports = () =>
    arm
      .imports()
      .filter(({ targetTags = [] }) => targetTags[0]?.startsWith(place.ours.name))
      .map(({ targetTags = [], mode }) => `${mode} ${targetTags.map((tag) => tag.split(":")[1]).join(" ")}`);
  const puts = () => acr.lines().filter((line) => line.startsWith("PUT") && line.includes("/manifests/"));
  /** Puts somebody else's image under the tag. */
  const takeTag = async (tag: string) => {
    const { digest } = await place.ours.image("linux/s390x");
    await place.ours.tag(tag, digest);
    await acr.imported(place.ours.name, tag);
    return digest;
  };
  const lockByHand = (tag: string) => {
    const attributes = acr.repositories.get(place.ours.name)?.tags.get(tag)?.attributes;
    if (attributes === undefined) throw new Error(`${tag} is not there.`);
    attributes.writeEnabled = false;
  };

  it("that is new is written with NoForce, and it needs no right to push", async () => {
    const { index } = await place.seed();
    Object.assign(rights, { "*": ["pull", "metadata_read"] });
    acr.reset();
    await up();
    assert.deepEqual(tagImports(), ["NoForce 1.0"]);
    assert.deepEqual(puts(), []);
    assert.equal(await place.ours.digestAt("1.0"), index.digest);
  });

  it("that is ours and moves is written with Force", async () => {
    await place.seed();
    await up();
    const { index } = await place.seed();
    await up();
    assert.deepEqual(tagImports(), ["NoForce 1.0", "Force 1.0"]);
    assert.equal(await place.ours.digestAt("1.0"), index.digest);
  });

  it("of somebody else is refused in preview by default, and nothing is imported", async () => {
    await place.seed();
    const theirs = await takeTag("1.0");
    await assert.rejects(up(), (error) => hasCode(error, "ERR_TAG_CONFLICT"));
    assert.equal(await place.ours.digestAt("1.0"), theirs);
    assert.deepEqual(tagImports(), []);
  });

  it('of somebody else is moved with Force and onConflict: "overwrite", while a new one beside it gets NoForce', async () => {
    const { index } = await place.seed();
    await takeTag("1.0");
    await up({ tags: ["1.0", "latest"], onConflict: "overwrite" });
    assert.deepEqual(tagImports().sort(), ["Force 1.0", "NoForce latest"]);
    for (const tag of ["1.0", "latest"]) assert.equal(await place.ours.digestAt(tag), index.digest);
  });

  it("that somebody else takes just before Azure writes it stays theirs", async () => {
    await place.seed();
    let theirs = "";
    arm.beforeImport = async ({ targetTags = [] }) => {
      if (targetTags.length > 0) theirs = await takeTag("1.0");
    };
    await assert.rejects(up(), (error) => hasCode(error, "ERR_TAG_CONFLICT"));
    assert.equal(await place.ours.digestAt("1.0"), theirs);
  });

  it("that Azure wrote although its answer was lost is ours", async () => {
    const { index } = await place.seed();
    arm.beforeImport = async ({ targetTags = [] }) => {
      if (targetTags.length > 0) await place.ours.tag("1.0", index.digest);
    };
    const { createdTags } = await up();
    assert.deepEqual(createdTags, ["1.0"]);
  });

  it("that is locked and would move is an error, and Azure, which heeds no lock, is not asked to write it", async () => {
    await place.seed();
    const theirs = await takeTag("1.0");
    lockByHand("1.0");
    await assert.rejects(up({ onConflict: "overwrite" }), (error) => hasCode(error, "ERR_LOCKED"));
    assert.deepEqual(tagImports(), []);
    assert.equal(await place.ours.digestAt("1.0"), theirs);
  });

  it('that is locked is unlocked and moved with onLocked: "unlock"', async () => {
    const { index } = await place.seed();
    await takeTag("1.0");
    lockByHand("1.0");
    await up({ onConflict: "overwrite", onLocked: "unlock" });
    assert.deepEqual(tagImports(), ["Force 1.0"]);
    assert.equal(await place.ours.digestAt("1.0"), index.digest);
  });

  it("that moves where locks may not be read is put by us, so that the registry refuses it when it is locked", async () => {
    await place.seed();
    await takeTag("1.0");
    lockByHand("1.0");
    Object.assign(rights, { "*": ["pull", "push"] });
    await assert.rejects(up({ onConflict: "overwrite" }));
    assert.deepEqual(tagImports(), []);
    assert.equal(puts().filter((line) => line.endsWith("/1.0")).length, 1);
  });

  it("is locked afterwards when that was asked for", async () => {
    await place.seed();
    await takeTag("1.0");
    await up({ onConflict: "overwrite", lock: { tag: true } });
    assert.equal(acr.repositories.get(place.ours.name)?.tags.get("1.0")?.attributes.writeEnabled, false);
  });

  it("is removed at the end, when Azure wrote it for us", async () => {
    await place.seed();
    await up();
    await copy.destroy(process());
    assert.deepEqual(await place.ours.tags(), []);
  });

  it('is removed with the images that Azure brought with onDelete: "delete"', async () => {
    const { index, all } = await place.seed();
    await up({ onDelete: "delete" });
    await copy.destroy(process());
    for (const digest of [index.digest, ...all]) assert.equal(await place.ours.digestAt(digest), undefined);
  });
});
