import assert from "node:assert/strict";
import { type FaultProxy, faultProxy } from "../registry/resources/faultProxy";
import { newTestRepository, type TestRepository } from "../registry/resources/repository";
import { type Layout, makeLayout } from "../support/layouts";
import { type CommandResult, createStack, type Stack } from "../support/pulumi";
import { type LocalRegistry, onDistribution3, onOneRegistry, startRegistry } from "../support/registries";
import { diagnostics, resourceCounts, succeeding } from "./plan";
import { type Declared, declaring, image, index, type Kept, keptOf, keptResources } from "./resources";

const previewOf = (stack: Stack, name: string) => {
  const urn = `urn:pulumi:test::test::pulumi-nodejs:dynamic/multiarch:MultiArchImage::${name}`;
  return stack.run("preview", `--target=${urn}`);
};

onOneRegistry("a tag that two want", (registry) => {
  let held: TestRepository;
  let shared: TestRepository;
  let first: Stack;
  let second: Stack;
  let digest: string | undefined;
  const results: Record<string, CommandResult> = {};
  const found: Record<string, string | undefined> = {};

  const wanting = (name: string, repository: TestRepository, child: string, more: object = {}): Declared =>
    index(name, { ...repository.target, tags: ["1.0"], images: [`@${child}`], ...more });

  before(async function () {
    this.timeout(600_000);
    [held, shared] = [newTestRepository(registry()), newTestRepository(registry())];
    const { digest: theirs } = await held.image("linux/arm64");
    await held.image("linux/amd64", { tag: "1.0" });
    const { digest: child } = await shared.image("linux/amd64");
    const alone = wanting("alone", shared, child);
    first = await createStack({ program: declaring(alone) });
    await succeeding(first.up());
    digest = await shared.digestAt("1.0");
    await first.setProgram(declaring(alone, wanting("conflicting", held, theirs)));
    results["held"] = await previewOf(first, "conflicting");
    await first.setProgram(declaring(alone, wanting("second", shared, child)));
    results["program"] = await first.preview();
    await first.setProgram(declaring(alone));

    const annotated = wanting("other", shared, child, { annotations: { other: "stack" } });
    second = await createStack({ program: declaring(annotated) });
    results["stacks"] = await second.preview();
    results["stacks up"] = await second.up();
    await second.setProgram(declaring(wanting("other", shared, child)));
    await succeeding(second.up());
    await succeeding(second.destroy());
    found["adopter destroyed"] = await shared.digestAt("1.0");
    await succeeding(second.up());
    await succeeding(first.destroy());
    found["creator destroyed"] = await shared.digestAt("1.0");
    await succeeding(second.up());
    found["repaired"] = await shared.digestAt("1.0");
    results["last"] = await succeeding(second.up());
  });
  after(async function () {
    this.timeout(600_000);
    await Promise.all([first.dispose(), second.dispose()]);
  });

  const said = (name: string) => diagnostics(results[name] ?? { code: 0, stdout: "", stderr: "" });

  it("a tag that somebody else holds is wanted", () => {
    assert.match(said("held"), /tags: the tag \S+:1\.0 is not ours and names sha256:\w+ \(an image/);
    assert.match(said("held"), /Choose another tag, remove that one, or set onConflict: "overwrite"/);
  });

  it("two resources of one program want one tag", () => {
    assert.match(said("program"), /is claimed by both MultiArchImage (alone|second) and MultiArchImage (second|alone)/);
  });

  it("two stacks want one tag for different indexes", () => {
    for (const name of ["stacks", "stacks up"]) {
      assert.match(said(name), /tags: the tag \S+:1\.0 is not ours and names sha256:\w+ \(an index of linux\/amd64\)/);
    }
  });

  it("two stacks have one tag for the same index, and the one that came second is destroyed", () => {
    assert.equal(found["adopter destroyed"], digest);
  });

  it("two stacks have one tag for the same index, and the one that created it is destroyed", () => {
    assert.deepEqual([found["creator destroyed"], found["repaired"]], [undefined, digest]);
    assert.deepEqual(resourceCounts(results["last"] ?? { code: 0, stdout: "", stderr: "" }), ["2 unchanged"]);
  });
});

/** An index under `1.0` over a new image of a repository. */
async function indexIn(name: string, repository: TestRepository, more: object = {}): Promise<Declared> {
  const { digest } = await repository.image("linux/amd64");
  return index(name, { ...repository.target, tags: ["1.0"], images: [`@${digest}`], ...more });
}

onOneRegistry("a destruction that the registry refuses", (registry) => {
  let proxy: FaultProxy;
  let ours: TestRepository;
  let stack: Stack;
  const failed = new Map<number, { readonly result: CommandResult; readonly isKept: boolean }>();

  before(async function () {
    this.timeout(600_000);
    proxy = await faultProxy(registry().address);
    ours = newTestRepository(proxy);
    stack = await createStack({ program: declaring(await indexIn("refused", ours)) });
    await succeeding(stack.up());
    for (const status of [503, 401]) {
      proxy.fail((method) => (method === "DELETE" ? { status } : undefined));
      const result = await stack.destroy();
      failed.set(status, { result, isKept: (await keptResources(stack)).has("refused") });
    }
    proxy.work();
    await succeeding(stack.destroy());
  });
  after(async function () {
    this.timeout(600_000);
    await stack.dispose();
    await proxy.stop();
  });

  const assertFailed = (status: number) => {
    const attempt = failed.get(status);
    assert.notEqual(attempt?.result.code, 0);
    assert.equal(attempt?.isKept, true);
    assert.match(attempt ? diagnostics(attempt.result) : "", new RegExp(String(status)));
  };

  it("the registry answers 503 to a destroy", () => assertFailed(503));

  it("the registry answers 401 to a destroy", () => assertFailed(401));

  it("the registry works again after a destroy that it refused", async () => {
    assert.equal(await ours.digestAt("1.0"), undefined);
  });
});

const withoutDeletes = () => ({ deletes: false });

onDistribution3("a registry on which deletion is switched off", withoutDeletes, (registry) => {
  let other: LocalRegistry;
  let layout: Layout;
  let stack: Stack;
  let first: ReadonlyMap<string, Kept>;
  let destruction: CommandResult;
  let left: ReadonlyMap<string, Kept>;
  const repositories = new Map<string, TestRepository>();

  const repositoryOf = (name: string) => {
    const repository = repositories.get(name);
    if (!repository) throw new Error(`${name} has no repository.`);
    return repository;
  };

  before(async function () {
    this.timeout(600_000);
    other = await startRegistry({ version: 3 });
    layout = makeLayout();
    layout.publish(layout.image({ platform: { os: "linux", architecture: "amd64" } }));
    for (const name of ["untagged", "deleted", "image"]) repositories.set(name, newTestRepository(registry()));
    repositories.set("elsewhere", newTestRepository(other));
    // What others depend on is destroyed after them.
    const options = { dependsOn: ["elsewhere"] };
    const { target } = repositoryOf("image");
    const source = { ociLayout: layout.directory };
    const behaviour = { onDelete: "delete" };
    stack = await createStack({
      program: declaring(
        await indexIn("elsewhere", repositoryOf("elsewhere")),
        { ...(await indexIn("untagged", repositoryOf("untagged"))), options },
        { ...(await indexIn("deleted", repositoryOf("deleted"), behaviour)), options },
        image("image", { ...target, tag: "1.0", platform: "linux/amd64", source, ...behaviour }, options),
      ),
    });
    await succeeding(stack.up());
    first = await keptResources(stack);
    destruction = await stack.destroy();
    left = await keptResources(stack);
  });
  after(async function () {
    this.timeout(600_000);
    await stack.dispose();
    await other.stop();
    layout.remove();
  });

  const assertKept = async (name: string) => {
    const repository = repositoryOf(name);
    const digest = keptOf(first, name).outputs["digest"];
    assert.deepEqual([await repository.tags(), await repository.digestAt("1.0")], [["1.0"], digest]);
    assert.match(diagnostics(destruction), new RegExp(`warning: kept localhost:\\d+/${repository.name}:1\\.0: `));
  };

  it("the registry deletes nothing at all", () => assertKept("untagged"));

  it('the registry deletes nothing at all, and an index has onDelete: "delete"', () => assertKept("deleted"));

  it('the registry deletes nothing at all, and a PlatformImage has onDelete: "delete"', () => assertKept("image"));

  it("the registry deletes nothing at all, and other resources are on another one", async () => {
    assert.deepEqual([destruction.code, [...left.keys()]], [0, []]);
    assert.equal(await repositoryOf("elsewhere").digestAt("1.0"), undefined);
  });
});
