import assert from "node:assert/strict";
import { newTestRepository, type TestRepository } from "../registry/resources/repository";
import { type CountingProxy, countingProxy } from "../support/countingProxy";
import { type CommandResult, createStack, type Stack } from "../support/pulumi";
import { onOneRegistry } from "../support/registries";
import { diagnostics, resourceCounts, shownOutput, succeeding } from "./plan";
import { changesOf, type Declared, declaring, index, type Kept, keptOf, keptResources } from "./resources";

const unknown: CommandResult = { code: 0, stdout: "", stderr: "" };

/** Programs, each of one index, on one stack and one registry. */
onOneRegistry("the engine's options", (registry) => {
  const names = [
    "aliased",
    "protected",
    "retained",
    "deletedWith",
    "depending",
    "ignoring",
    "replacing",
    "deleteBefore",
    "plain",
  ];
  const repositories = new Map<string, TestRepository>();
  const children = new Map<string, string>();
  const results: Record<string, CommandResult> = {};
  let proxy: CountingProxy;
  let stack: Stack;
  let first: ReadonlyMap<string, Kept>;
  let second: ReadonlyMap<string, Kept>;
  let protectedDigest: string | undefined;

  const repositoryOf = (name: string): TestRepository => {
    const repository = repositories.get(name);
    if (!repository) throw new Error(`${name} has no repository.`);
    return repository;
  };
  const at = (name: string, more: object = {}, options: Declared["options"] = {}, resource = name): Declared => {
    const { target, name: repository } = repositoryOf(name);
    const images = [`${proxy.address}/${repository}@${children.get(name)}`];
    return index(resource, { ...target, tags: ["1.0"], images, ...more }, options);
  };
  const common = () => [at("plain"), at("protected", {}, { protect: true })];
  const dependent = () => at("depending", { tags: ["after"] }, { dependsOn: ["plain"] }, "dependent");
  const programBefore = () => [
    ...common(),
    at("aliased"),
    at("depending"),
    at("retained", {}, { retainOnDelete: true }),
    at("deletedWith", {}, { deletedWith: "depending" }),
    at("ignoring"),
    at("replacing", {}, { replaceOnChanges: ["tags"] }),
    at("deleteBefore", { onUnlist: "untag" }, { deleteBeforeReplace: true }),
    dependent(),
  ];
  const programAfter = () => [
    ...common(),
    at("aliased", {}, { aliases: [{ name: "aliased" }] }, "renamed"),
    dependent(),
    at("ignoring", { tags: ["1.0", "2.0"] }, { ignoreChanges: ["tags"] }),
    at("replacing", { tags: ["1.0", "2.0"] }, { replaceOnChanges: ["tags"] }),
    at(
      "deleteBefore",
      { repository: `${repositoryOf("deleteBefore").name}/moved`, onUnlist: "untag" },
      { deleteBeforeReplace: true },
    ),
  ];
  /** The second program, which also reads an index that the first one pushed. */
  const programReading = () =>
    `${declaring(...programAfter())}
const id = ${JSON.stringify(keptOf(first, "plain").id)};
exports.digest = multiarch.MultiArchImage.get("read", id).digest;`;
  const said = (name: string) => diagnostics(results[name] ?? unknown);

  before(async function () {
    this.timeout(600_000);
    proxy = await countingProxy(registry().address);
    for (const name of names) {
      const repository = newTestRepository(proxy);
      repositories.set(name, repository);
      children.set(name, (await repository.image("linux/amd64")).digest);
    }
    stack = await createStack({ program: declaring(...programBefore()) });
    results["first"] = await succeeding(stack.up());
    first = await keptResources(stack);
    await stack.setProgram(programReading());
    results["second"] = await succeeding(stack.up());
    second = await keptResources(stack);
    results["unchanged"] = await succeeding(stack.up());

    await stack.setProgram(declaring(...programAfter()));
    await succeeding(stack.up());

    await stack.setProgram(declaring(...programAfter(), at("ignoring", { tags: [] }, {}, "computed")));
    await succeeding(stack.up());
    const held = at("ignoring", { tags: [], annotations: { a: "b" } }, { ignoreChanges: ["digest"] }, "computed");
    await stack.setProgram(declaring(...programAfter(), held));
    results["ignored result"] = await stack.preview();
    await stack.setProgram(declaring(...programAfter()));

    const type = "pulumi-nodejs:dynamic/multiarch:MultiArchImage";
    results["import"] = await stack.run("import", type, "imported", `${proxy.address}/team/server:1.0`, "--yes");
    results["protected"] = await stack.destroy();
    protectedDigest = await repositoryOf("protected").digestAt("1.0");
    await succeeding(stack.run("state", "unprotect", "--all", "--yes"));
    await succeeding(stack.destroy());
  });
  after(async function () {
    this.timeout(600_000);
    await stack.dispose();
    await proxy.stop();
  });

  const changed = (name: string) => changesOf(results[name] ?? unknown);

  it("aliases: an index is renamed in the program", async () => {
    assert.deepEqual(
      changed("second").filter((line) => line.startsWith("renamed")),
      [],
    );
    assert.deepEqual(keptOf(second, "renamed").outputs["createdTags"], ["1.0"]);
    assert.equal(await repositoryOf("aliased").digestAt("1.0"), undefined);
  });

  it("protect: the stack is destroyed", () => {
    assert.notEqual(results["protected"]?.code, 0);
    assert.match(said("protected"), /because it is protected/);
    assert.equal(protectedDigest, keptOf(first, "protected").outputs["digest"]);
  });

  it("retainOnDelete: the resource is taken out of the program", async () => {
    assert.equal(second.has("retained"), false);
    assert.equal(await repositoryOf("retained").digestAt("1.0"), keptOf(first, "retained").outputs["digest"]);
  });

  it("deletedWith: both resources are taken out of the program", async () => {
    assert.equal(second.has("deletedWith"), false);
    assert.equal(await repositoryOf("deletedWith").digestAt("1.0"), keptOf(first, "deletedWith").outputs["digest"]);
  });

  it("dependsOn: one resource names another", () => {
    const { stdout } = results["first"] ?? unknown;
    const [created, creating] = [/ plain created/, / dependent creating/].map((event) => stdout.search(event));
    assert.ok((created ?? -1) >= 0 && (created ?? 0) < (creating ?? 0), stdout);
  });

  it("ignoreChanges: tags that the program changes are ignored", async () => {
    assert.deepEqual(
      changed("second").filter((line) => line.startsWith("ignoring")),
      [],
    );
    assert.equal(await repositoryOf("ignoring").digestAt("2.0"), undefined);
  });

  it("ignoreChanges: a digest, which is worked out, is to be ignored", () => {
    assert.notEqual(results["ignored result"]?.code, 0);
    assert.match(said("ignored result"), /digest: .*ignoreChanges: \["images"\] instead/);
  });

  it("replaceOnChanges: the tags are changed", () => {
    assert.ok(changed("second").includes("replacing: updated"), changed("second").join("\n"));
    assert.match(said("second"), /warning: replaceOnChanges has no effect on this resource/);
  });

  it("MultiArchImage.get: an index is read by its id", () => {
    assert.equal(shownOutput(results["second"] ?? unknown, "digest"), keptOf(first, "plain").outputs["digest"]);
  });

  it('deleteBeforeReplace: the repository is changed, with onUnlist: "untag"', async () => {
    const { name, digestAt } = repositoryOf("deleteBefore");
    const { stdout } = results["second"] ?? unknown;
    assert.match(stdout, /deleteBefore deleted original[\s\S]*deleteBefore created replacement/);
    assert.equal(await digestAt("1.0"), undefined);
    assert.equal(keptOf(second, "deleteBefore").outputs["repository"], `${name}/moved`);
  });

  it("the run after all of these finds nothing to do", () => {
    assert.match(resourceCounts(results["unchanged"] ?? unknown).join(), /^\d+ unchanged$/);
  });

  it("pulumi import is tried", () => {
    assert.notEqual(results["import"]?.code, 0);
  });
});
