import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { newTestRepository, type TestRepository } from "../registry/resources/repository";
import { seedArtifact, seedAttestation, seedIndex } from "../registry/resources/seed";
import { type Layout, makeLayout } from "../support/layouts";
import { type CommandResult, createStack, type Stack } from "../support/pulumi";
import { onOneRegistry, type Registry } from "../support/registries";
import { diagnostics, plannedSteps, resourceCounts, type Step, succeeding } from "./plan";
import { type Declared, declaring, image, index, type Kept, keptOf, keptResources } from "./resources";

/** What one row is about: a repository of its own, and another one from which images come. */
interface Place {
  readonly name: string;
  readonly ours: TestRepository;
  readonly theirs: TestRepository;
  readonly registry: Registry;
  readonly layout: string;
  /** The digest of a resource of the row, as the first up pushed it. */
  pushed(resource: string): string;
}

/** What a preview is to show of a resource: its drift, or its platforms, or that it is the same. */
type Shown = Readonly<Record<string, unknown>> | "same";

interface Row {
  readonly title: string;
  /** The resources; the first is the index. */
  declare(place: Place): Promise<readonly Declared[]>;
  /** What somebody else does, and what the next preview is to show by resource. */
  harm(place: Place): Promise<Readonly<Record<string, Shown>>>;
  /** What the update after it has to have brought about. */
  assertRepaired(place: Place): Promise<void>;
}

const tags = ["1.0", "latest"];
const platformImage = (place: Place, target: TestRepository, more: object = {}) =>
  image(`${place.name}-amd64`, {
    ...target.target,
    platform: "linux/amd64",
    source: { ociLayout: place.layout },
    onConflict: "overwrite",
    ...more,
  });
const platformIndex = (place: Place, more: object = {}) =>
  index(place.name, { ...place.ours.target, tags, images: [{ resource: `${place.name}-amd64` }], ...more });
const gone = (label: string, digest: string) => ({ drift: { [`${label} (${digest})`]: "gone" } });
const child = (digest: string) => gone("linux/amd64", digest);

const assertTags = async (place: Place) => {
  const digests = await Promise.all(tags.map((tag) => place.ours.digestAt(tag)));
  assert.deepEqual(
    digests,
    tags.map(() => place.pushed(place.name)),
  );
};
const assertThere = async ({ ours }: Place, digest: string) => assert.equal(await ours.digestAt(digest), digest);

async function overOwnImage({ name, ours }: Place, more: object = {}): Promise<readonly Declared[]> {
  const { digest } = await ours.image("linux/amd64");
  return [index(name, { ...ours.target, tags, images: [`@${digest}`], ...more })];
}

/** The only image under `theirs:amd64`. @returns its reference. */
async function theirTag({ theirs, registry }: Place): Promise<string> {
  await theirs.image("linux/amd64", { tag: "amd64" });
  return `${registry.address}/${theirs.name}:amd64`;
}

/** The only image under `theirs:amd64`, which an index of ours lists by that tag or by its digest. */
async function overTheirImage(place: Place, by: "tag" | "digest", more: object = {}): Promise<readonly Declared[]> {
  const { digest } = await place.theirs.image("linux/amd64", { tag: "amd64" });
  const name = `${place.registry.address}/${place.theirs.name}`;
  const images = [by === "tag" ? `${name}:amd64` : `${name}@${digest}`];
  return [index(place.name, { ...place.ours.target, tags, images, ...more })];
}

async function deleteTheirImage({ ours, theirs }: Place): Promise<string> {
  const digest = String(await theirs.digestAt("amd64"));
  await ours.deleteManifest(digest);
  return digest;
}

/** Tags an index of theirs with an image, its attestation and something for no platform. @returns its reference. */
async function theirIndex({ theirs, registry: { address } }: Place): Promise<string> {
  const image = await theirs.image("linux/amd64");
  const others = [await seedAttestation(address, theirs.name, image), await seedArtifact(address, theirs.name)];
  await seedIndex(address, theirs.name, [image, ...others], "built");
  return `${address}/${theirs.name}:built`;
}

const overTheirIndex = async (place: Place): Promise<readonly Declared[]> => [
  index(place.name, { ...place.ours.target, tags, images: [await theirIndex(place)] }),
];

/** The digest that an index lists with this platform. */
async function listedFor(repository: TestRepository, tag: string, os: string | undefined): Promise<string> {
  const { manifests } = await repository.documentAt(tag);
  const found = [manifests].flat().find((entry) => Object(entry).platform?.os === os);
  return String(Object(found).digest);
}

/** The URLs of the config and the layers of an image of ours. */
async function blobsOf({ ours, registry }: Place, digest: string): Promise<readonly string[]> {
  const { config, layers } = await ours.documentAt(digest);
  return [config, layers].flat().map((blob) => `${registry.url}/v2/${ours.name}/blobs/${Object(blob).digest}`);
}

/** Deletes blobs. @returns what drift tells of them. @param suffix - what stands behind each blob's digest there. */
async function deleteBlobs(urls: readonly string[], suffix = ""): Promise<Readonly<Record<string, string>>> {
  await Promise.all(urls.map((url) => fetch(url, { method: "DELETE" })));
  return Object.fromEntries(urls.map((url) => [`blob ${url.slice(url.lastIndexOf("/") + 1)}${suffix}`, "gone"]));
}

async function assertBlobs(place: Place, digest: string): Promise<void> {
  const answers = await Promise.all((await blobsOf(place, digest)).map((url) => fetch(url, { method: "HEAD" })));
  assert.deepEqual(
    answers.map(({ status }) => status),
    [200, 200],
  );
}

/** Takes everything of ours away, from the disk where that can be reached. */
async function removeRepository(place: Place): Promise<void> {
  const { ours, registry } = place;
  if (registry.directory !== undefined) {
    await rm(join(registry.directory, "data/docker/registry/v2/repositories", ours.name), { recursive: true });
    return;
  }
  const images = [place.pushed(`${place.name}-amd64`)];
  await deleteBlobs((await Promise.all(images.map((digest) => blobsOf(place, digest)))).flat());
  for (const digest of [...images, place.pushed(place.name)]) await ours.deleteManifest(digest);
}

/** What a plain `pulumi up` sees. */
const seenByUp: readonly Row[] = [
  {
    title: "a tag is moved by somebody else",
    declare: overOwnImage,
    harm: async ({ name, ours }) => ({ [name]: { drift: { latest: await ours.moveTag("latest") } } }),
    assertRepaired: assertTags,
  },
  {
    title: "a tag is deleted",
    declare: overOwnImage,
    async harm({ name, ours }) {
      await ours.deleteManifest(await ours.moveTag("latest"));
      return { [name]: { drift: { latest: "gone" } } };
    },
    assertRepaired: assertTags,
  },
  {
    title: "the index is deleted by its digest",
    declare: overOwnImage,
    async harm({ name, ours, pushed }) {
      await ours.deleteManifest(pushed(name));
      return { [name]: { drift: { "1.0": "gone", latest: "gone" } } };
    },
    assertRepaired: assertTags,
  },
  {
    title: "the copy of an image that was given by its digest is deleted",
    declare: (place) => overTheirImage(place, "digest"),
    harm: async (place) => ({ [place.name]: child(await deleteTheirImage(place)) }),
    assertRepaired: async (place) => assertThere(place, String(await place.theirs.digestAt("amd64"))),
  },
  {
    title: "the copy of an image that was given by a tag of another repository is deleted",
    declare: (place) => overTheirImage(place, "tag"),
    harm: async (place) => ({ [place.name]: child(await deleteTheirImage(place)) }),
    assertRepaired: async (place) => assertThere(place, String(await place.theirs.digestAt("amd64"))),
  },
  {
    title: "the copy of an attestation is deleted",
    declare: overTheirIndex,
    async harm({ name, ours, theirs }) {
      const digest = await listedFor(theirs, "built", "unknown");
      await ours.deleteManifest(digest);
      return { [name]: gone("attestation of linux/amd64", digest) };
    },
    assertRepaired: async (place) => assertThere(place, await listedFor(place.theirs, "built", "unknown")),
  },
  {
    title: "the copy of a manifest that is for no platform is deleted",
    declare: overTheirIndex,
    async harm({ name, ours, theirs }) {
      const digest = await listedFor(theirs, "built", undefined);
      await ours.deleteManifest(digest);
      return { [name]: gone("no platform", digest) };
    },
    assertRepaired: async (place) => assertThere(place, await listedFor(place.theirs, "built", undefined)),
  },
  {
    title: "the copy of a PlatformImage of another repository is deleted",
    declare: async (place) => [platformImage(place, place.theirs), platformIndex(place)],
    async harm({ name, ours, pushed }) {
      await ours.deleteManifest(pushed(`${name}-amd64`));
      return { [name]: child(pushed(`${name}-amd64`)), [`${name}-amd64`]: "same" };
    },
    assertRepaired: (place) => assertThere(place, place.pushed(`${place.name}-amd64`)),
  },
  {
    title: "a PlatformImage of the index's repository is deleted",
    declare: async (place) => [platformImage(place, place.ours), platformIndex(place)],
    async harm({ name, ours, pushed }) {
      const digest = pushed(`${name}-amd64`);
      await ours.deleteManifest(digest);
      return { [`${name}-amd64`]: { drift: { [digest]: "gone" } }, [name]: "same" };
    },
    assertRepaired: (place) => assertThere(place, place.pushed(`${place.name}-amd64`)),
  },
  {
    title: "an attestation of a PlatformImage is deleted",
    declare: async (place) => [
      platformImage(place, place.ours, { source: { image: await theirIndex(place) } }),
      platformIndex(place),
    ],
    async harm({ name, ours, theirs }) {
      const digest = await listedFor(theirs, "built", "unknown");
      await ours.deleteManifest(digest);
      return { [`${name}-amd64`]: gone("attestation of linux/amd64", digest), [name]: "same" };
    },
    assertRepaired: async (place) => assertThere(place, await listedFor(place.theirs, "built", "unknown")),
  },
  {
    title: "the tag that an image is taken from is moved",
    declare: (place) => overTheirImage(place, "tag"),
    async harm({ name, theirs }) {
      const { digest } = await theirs.image("linux/amd64", { tag: "amd64" });
      return { [name]: { platforms: { "linux/amd64": digest } } };
    },
    async assertRepaired({ ours, theirs }) {
      const { manifests } = await ours.documentAt("latest");
      const [listed] = Array.isArray(manifests) ? manifests : [];
      assert.equal(listed.digest, await theirs.digestAt("amd64"));
    },
  },
  {
    title: "the whole repository is gone",
    declare: async (place) => [platformImage(place, place.ours, { tag: "amd64" }), platformIndex(place)],
    async harm(place) {
      await removeRepository(place);
      const { name } = place;
      return { [`${name}-amd64`]: { drift: { amd64: "gone" } }, [name]: { drift: { "1.0": "gone", latest: "gone" } } };
    },
    async assertRepaired(place) {
      await assertTags(place);
      assert.equal(await place.ours.digestAt("amd64"), place.pushed(`${place.name}-amd64`));
    },
  },
  {
    title: 'the tag of a PlatformImage whose source is gone is moved, with ifSourceMissing: "keep"',
    declare: async (place) => [
      platformImage(place, place.ours, {
        tag: "amd64",
        source: { image: await theirTag(place) },
        ifSourceMissing: "keep",
      }),
    ],
    async harm({ name, ours, theirs }) {
      await theirs.deleteManifest(String(await theirs.digestAt("amd64")));
      return { [`${name}-amd64`]: { drift: { amd64: await ours.moveTag("amd64") } } };
    },
    async assertRepaired({ name, ours, pushed }) {
      assert.equal(await ours.digestAt("amd64"), pushed(`${name}-amd64`));
    },
  },
  {
    title: "another tag is put on our index",
    declare: overOwnImage,
    async harm({ name, ours, pushed }) {
      await ours.tag("foreign", pushed(name));
      return { [name]: "same" };
    },
    assertRepaired: async ({ name, ours, pushed }) => assert.equal(await ours.digestAt("foreign"), pushed(name)),
  },
];

/** What only a refresh sees. */
const seenByRefresh: readonly Row[] = [
  {
    title: 'a tag is moved by somebody else, with reconcile: "onRefresh"',
    declare: (place) => overOwnImage(place, { reconcile: "onRefresh" }),
    harm: async ({ name, ours }) => ({ [name]: { drift: { latest: await ours.moveTag("latest") } } }),
    assertRepaired: assertTags,
  },
  {
    title: 'the copy of an image is deleted, with reconcile: "onRefresh"',
    declare: (place) => overTheirImage(place, "digest", { reconcile: "onRefresh" }),
    harm: async (place) => ({ [place.name]: child(await deleteTheirImage(place)) }),
    assertRepaired: async (place) => assertThere(place, String(await place.theirs.digestAt("amd64"))),
  },
  {
    title: "blobs are deleted behind the living manifest of a PlatformImage",
    declare: async (place) => [platformImage(place, place.ours), platformIndex(place)],
    async harm(place) {
      const image = `${place.name}-amd64`;
      return { [image]: { drift: await deleteBlobs(await blobsOf(place, place.pushed(image))) } };
    },
    assertRepaired: (place) => assertBlobs(place, place.pushed(`${place.name}-amd64`)),
  },
  {
    title: "blobs are deleted behind the living manifest of an image that the index copied",
    declare: (place) => overTheirImage(place, "tag"),
    async harm(place) {
      const digest = String(await place.theirs.digestAt("amd64"));
      return {
        [place.name]: { drift: await deleteBlobs(await blobsOf(place, digest), ` of linux/amd64 (${digest})`) },
      };
    },
    assertRepaired: async (place) => assertBlobs(place, String(await place.theirs.digestAt("amd64"))),
  },
];

/** What cannot be repaired: the error that names it. */
const unrepairable: readonly (Omit<Row, "harm" | "assertRepaired"> & {
  harm(place: Place): Promise<RegExp>;
  /** Only a refresh sees the harm: it comes first. */
  readonly seenByRefresh?: true;
  assertUntouched(place: Place): Promise<void>;
})[] = [
  {
    title: "an image is deleted together with what it was copied from",
    async declare(place) {
      const [first] = await overTheirImage(place, "digest");
      const { digest } = await place.theirs.image("linux/arm64", { tag: "arm64" });
      const other = `${place.registry.address}/${place.theirs.name}@${digest}`;
      return first ? [{ ...first, args: { ...first.args, images: [other, ...[first.args["images"]].flat()] } }] : [];
    },
    async harm({ ours, theirs }) {
      const [amd64, arm64] = [String(await theirs.digestAt("amd64")), String(await theirs.digestAt("arm64"))];
      await Promise.all([ours.deleteManifest(amd64), ours.deleteManifest(arm64), theirs.deleteManifest(amd64)]);
      return new RegExp(`images\\[1\\]: .*${amd64}`);
    },
    assertUntouched: async ({ ours, theirs }) =>
      assert.equal(await ours.digestAt(String(await theirs.digestAt("arm64"))), undefined),
  },
  {
    title: "the tag that an image is taken from is deleted",
    declare: (place) => overTheirImage(place, "tag"),
    async harm({ ours, theirs }) {
      await ours.moveTag("latest");
      await theirs.deleteManifest(String(await theirs.digestAt("amd64")));
      return new RegExp(`images\\[0\\]: \\S+/${theirs.name}:amd64 is not there`);
    },
    assertUntouched: async ({ name, ours, pushed }) => assert.notEqual(await ours.digestAt("latest"), pushed(name)),
  },
  {
    title: "a blob is deleted together with what it was copied from",
    declare: (place) => overTheirImage(place, "tag"),
    seenByRefresh: true,
    async harm(place) {
      const { ours, theirs } = place;
      await ours.moveTag("latest");
      const [, layer = ""] = await blobsOf(place, String(await theirs.digestAt("amd64")));
      await deleteBlobs([layer, layer.replace(ours.name, theirs.name)]);
      return new RegExp(
        `images\\[0\\]: blob ${layer.split("/").at(-1)} is gone from \\S+${ours.name}, and so it is from`,
      );
    },
    assertUntouched: async ({ name, ours, pushed }) => assert.notEqual(await ours.digestAt("latest"), pushed(name)),
  },
];

onOneRegistry("what happened outside Pulumi", (registry) => {
  const places = new Map<string, Place>();
  const shown = new Map<string, Readonly<Record<string, Shown>>>();
  const messages = new Map<string, RegExp>();
  let layout: Layout;
  let stack: Stack;
  let first: ReadonlyMap<string, Kept>;
  let preview: ReadonlyMap<string, Step>;
  let second: CommandResult;
  let third: CommandResult;
  let refreshed: ReadonlyMap<string, Kept>;
  let last: CommandResult;
  const failed = new Map<string, readonly CommandResult[]>();
  const repairs = new Map<string, unknown>();

  const placeOf = ({ title }: Pick<Row, "title">): Place => {
    const place = places.get(title);
    if (!place) throw new Error(`${title} has no place.`);
    return place;
  };
  const newPlace = (position: number): Place => {
    const name = `row${position}`;
    const pushed = (resource: string) => String(keptOf(first, resource).outputs["digest"]);
    const repository = () => newTestRepository(registry());
    return { name, ours: repository(), theirs: repository(), registry: registry(), layout: layout.directory, pushed };
  };
  /** One failure ends a run, so each row has runs of its own. */
  const tryEach = async ({ name }: Place) => {
    const target = `--target=${keptOf(first, name).urn}`;
    return [await stack.run("preview", target), await stack.run("up", "--yes", "--skip-preview", target)];
  };
  /** Keeps why a row is not repaired: a hook that failed would name no row. */
  const judge = async (rows: readonly Row[]) => {
    for (const row of rows) {
      repairs.set(row.title, await row.assertRepaired(placeOf(row)).catch((error: unknown) => error));
    }
  };
  const assertShown = (row: Row, observed: (resource: string) => Shown) => {
    for (const [resource, expected] of Object.entries(shown.get(row.title) ?? {})) {
      const found = observed(resource);
      const relevant = typeof found === "string" || expected === "same" ? found : pick(found, Object.keys(expected));
      assert.deepEqual(relevant, expected);
    }
    assert.ifError(repairs.get(row.title));
  };

  before(async function () {
    this.timeout(600_000);
    layout = makeLayout();
    layout.publish(layout.image({ platform: { os: "linux", architecture: "amd64" } }));
    const rows = [...seenByUp, ...seenByRefresh, ...unrepairable];
    const resources: Declared[] = [];
    for (const [position, row] of rows.entries()) {
      places.set(row.title, newPlace(position));
      resources.push(...(await row.declare(placeOf(row))));
    }
    stack = await createStack({ program: declaring(...resources) });
    await succeeding(stack.up());
    first = await keptResources(stack);
    for (const row of [...seenByUp, ...seenByRefresh]) shown.set(row.title, await row.harm(placeOf(row)));
    preview = plannedSteps(await succeeding(stack.preview({ json: true })));
    await succeeding(stack.up());
    await judge(seenByUp);
    second = await succeeding(stack.up());
    await succeeding(stack.refresh());
    refreshed = await keptResources(stack);
    await succeeding(stack.run("up", "--yes", "--skip-preview", "--refresh"));
    await judge(seenByRefresh);
    third = await succeeding(stack.up());
    for (const row of unrepairable) messages.set(row.title, await row.harm(placeOf(row)));
    const isSeenByUp = (row: (typeof unrepairable)[number]) => row.seenByRefresh === undefined;
    for (const row of unrepairable.filter(isSeenByUp)) failed.set(row.title, await tryEach(placeOf(row)));
    last = await stack.refresh();
    for (const row of unrepairable.filter((row) => !isSeenByUp(row)))
      failed.set(row.title, await tryEach(placeOf(row)));
  });
  after(async function () {
    this.timeout(600_000);
    await stack.dispose();
    layout.remove();
  });

  for (const row of seenByUp) {
    it(row.title, () =>
      assertShown(row, (resource) => {
        // A plan has no step for what stays the same.
        const step = preview.get(resource);
        return step ? step.inputs : "same";
      }),
    );
  }

  it("the run after an update that repaired finds nothing to do", () => {
    assert.match(resourceCounts(second).join(), /^\d+ unchanged$/);
  });

  for (const row of seenByRefresh) {
    it(row.title, () => {
      assert.equal(preview.has(placeOf(row).name), false);
      assertShown(row, (resource) => keptOf(refreshed, resource).outputs);
    });
  }

  it("the run after an update that repaired what refresh saw finds nothing to do", () => {
    assert.match(resourceCounts(third).join(), /^\d+ unchanged$/);
  });

  for (const row of unrepairable) {
    it(row.title, async () => {
      for (const result of failed.get(row.title) ?? []) {
        assert.notEqual(result.code, 0);
        assert.match(diagnostics(result), messages.get(row.title) ?? /^$/);
      }
      await row.assertUntouched(placeOf(row));
    });
  }

  it("a refresh after something that cannot be repaired goes on", () => {
    assert.equal(last.code, 0);
  });
});

function pick(bag: Readonly<Record<string, unknown>>, names: readonly string[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(names.map((name) => [name, bag[name]]));
}
