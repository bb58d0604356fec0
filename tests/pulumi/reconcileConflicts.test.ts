import assert from "node:assert/strict";
import { type FaultProxy, faultProxy } from "../registry/resources/faultProxy";
import { newTestRepository, type TestRepository } from "../registry/resources/repository";
import { type CommandResult, createStack, type Stack } from "../support/pulumi";
import { type LocalRegistry, startRegistry } from "../support/registries";
import { diagnostics, resourceCounts, succeeding } from "./plan";
import { type Declared, declaring, index, keptOf, keptResources } from "./resources";

const previewOf = (stack: Stack, name: string) => {
  const urn = `urn:pulumi:test::test::pulumi-nodejs:dynamic/multiarch:MultiArchImage::${name}`;
  return stack.run("preview", `--target=${urn}`);
};

describe("a tag that two want", function () {
  this.timeout(600_000);
  let registry: LocalRegistry;
  let held: TestRepository;
  let shared: TestRepository;
  let first: Stack;
  let second: Stack;
  let digest: string | undefined;
  const results: Record<string, CommandResult> = {};
  const found: Record<string, string | undefined> = {};

  const wanting = (name: string, repository: TestRepository, child: string, more: object = {}): Declared =>
    index(name, { ...repository.target, tags: ["1.0"], images: [`@${child}`], ...more });

  before(async () => {
    registry = await startRegistry({ version: 3 });
    [held, shared] = [newTestRepository(registry), newTestRepository(registry)];
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
  after(async () => {
    await Promise.all([first.dispose(), second.dispose()]);
    await registry.stop();
  });

  const said = (name: string) => diagnostics(results[name] ?? { code: 0, stdout: "", stderr: "" });

  it("a tag that somebody else holds is wanted", () => {
    assert.match(said("held"), /tags: the tag localhost:\d+\/\S+:1\.0 is not ours and names sha256:\w+ \(an image/);
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

describe("a destruction that the registry refuses", function () {
  this.timeout(600_000);
  let registry: LocalRegistry;
  let locked: LocalRegistry;
  let proxy: FaultProxy;
  let stack: Stack;
  let digest: string | undefined;
  let tags: readonly string[];
  const failed: { readonly status: number; readonly result: CommandResult; readonly isKept: boolean }[] = [];
  let last: CommandResult;
  let ours: TestRepository;
  let undeletable: TestRepository;

  before(async () => {
    registry = await startRegistry({ version: 3 });
    locked = await startRegistry({ version: 2, deletes: false });
    proxy = await faultProxy(registry.address);
    ours = newTestRepository(proxy);
    undeletable = newTestRepository(locked);
    const program = async (name: string, repository: TestRepository) => {
      const { digest: child } = await repository.image("linux/amd64");
      return index(name, { ...repository.target, tags: ["1.0"], images: [`@${child}`] });
    };
    stack = await createStack({
      program: declaring(await program("refused", ours), await program("undeletable", undeletable)),
    });
    await succeeding(stack.up());
    digest = await undeletable.digestAt("1.0");
    const target = `--target=${keptOf(await keptResources(stack), "refused").urn}`;
    for (const status of [503, 401]) {
      proxy.fail((method) => (method === "DELETE" ? { status } : undefined));
      const result = await stack.run("destroy", "--yes", "--skip-preview", target);
      failed.push({ status, result, isKept: (await keptResources(stack)).has("refused") });
    }
    proxy.work();
    last = await succeeding(stack.destroy());
    tags = await undeletable.tags();
  });
  after(async () => {
    await stack.dispose();
    await proxy.stop();
    await Promise.all([registry.stop(), locked.stop()]);
  });

  const assertFailed = (wanted: number) => {
    const [attempt] = failed.filter(({ status }) => status === wanted);
    assert.notEqual(attempt?.result.code, 0);
    assert.equal(attempt?.isKept, true);
    assert.match(attempt ? diagnostics(attempt.result) : "", new RegExp(String(wanted)));
  };

  it("the registry answers 503 to a destroy", () => assertFailed(503));

  it("the registry answers 401 to a destroy", () => assertFailed(401));

  it("the registry works again after a destroy that it refused", async () => {
    assert.equal(await ours.digestAt("1.0"), undefined);
  });

  it("the registry deletes nothing at all", async () => {
    assert.deepEqual([tags, await undeletable.digestAt("1.0")], [["1.0"], digest]);
    assert.match(diagnostics(last), /warning: kept localhost:\d+\/\S+:1\.0: /);
  });
});
