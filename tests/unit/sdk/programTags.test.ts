import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { dependingOn, notePushedTags } from "../../../sdk/programTags";
import { Registry } from "../../../sdk/registry";
import { programAddress, type RegistryInput } from "../../../sdk/registryInput";
import { mockEngine, outputValue } from "./mocks";

const place = { address: "localhost:5000", repository: "team/server" };

class Pushed extends pulumi.CustomResource {
  constructor(name: string) {
    super("test:index:Pushed", name, {});
  }
}

async function dependencies(opts: pulumi.ResourceOptions | undefined): Promise<readonly unknown[]> {
  const { dependsOn = [] } = opts ?? {};
  return [await outputValue(pulumi.output(dependsOn))].flat();
}

describe("a resource that reads a tag by a literal reference", () => {
  mockEngine();

  it("depends on the resource that was constructed before and puts the tag, by its full name and in its own repository", async () => {
    const producer = new Pushed("producer");
    notePushedTags(producer, place, ["candidate"]);
    for (const reference of ["localhost:5000/team/server:candidate", ":candidate"])
      assert.deepEqual(await dependencies(dependingOn(undefined, [reference], place)), [producer]);
  });

  const registries: Readonly<Record<string, () => RegistryInput>> = {
    "an address": () => "localhost:5001",
    "an address in another spelling": () => "LOCALHOST:5001",
    "the arguments of a connection": () => ({ address: "localhost:5001" }),
    "a Registry": () => new Registry("text", { address: "localhost:5001" }),
    "a registry of Azure": () => ({ loginServer: "localhost:5001" }),
  };
  for (const [title, registry] of Object.entries(registries)) {
    it(`finds it whichever way the program says the registry: ${title}`, async () => {
      const producer = new Pushed(title);
      const repository = `team/${title}`;
      notePushedTags(producer, { address: programAddress(registry()), repository }, "1.0");
      const reader = { address: "localhost:5001", repository };
      for (const reference of [`localhost:5001/${repository}:1.0`, ":1.0"])
        assert.deepEqual(await dependencies(dependingOn(undefined, [reference], reader)), [producer]);
    });
  }

  const later = pulumi.output("localhost:5002");
  const laterRegistry = { address: later, plainHttp: true };
  const outputs: Readonly<Record<string, () => RegistryInput>> = {
    "the output itself": () => later,
    "the arguments of a connection": () => laterRegistry,
    "a registry of Azure": () => ({ loginServer: later }),
  };
  for (const [title, registry] of Object.entries(outputs)) {
    it(`finds it in its own repository while the address is not known: ${title}`, async () => {
      const producer = new Pushed(`later ${title}`);
      const place = () => ({ address: programAddress(registry()), repository: `later/${title}` });
      notePushedTags(producer, place(), "1.0");
      assert.deepEqual(await dependencies(dependingOn(undefined, [":1.0"], place())), [producer]);
      const elsewhere = { ...place(), address: programAddress(pulumi.output("localhost:5003")) };
      assert.equal(dependingOn(undefined, [":1.0"], elsewhere), undefined);
    });
  }

  it("finds it in its own repository of one Registry whose address is not known", async () => {
    const registry = new Registry("later", { address: pulumi.output("localhost:5004") });
    const place = () => ({ address: programAddress(registry), repository: "later" });
    const producer = new Pushed("later of a Registry");
    notePushedTags(producer, place(), "1.0");
    assert.deepEqual(await dependencies(dependingOn(undefined, [":1.0"], place())), [producer]);
  });

  it("keeps what the program depends on itself", async () => {
    const [own, producer] = [new Pushed("own"), new Pushed("other producer")];
    notePushedTags(producer, place, "other");
    for (const dependsOn of [own, [own], pulumi.output([own])])
      assert.deepEqual(await dependencies(dependingOn({ dependsOn }, [":other"], place)), [own, producer]);
  });

  it("gets no options where the program puts none of what it reads", () => {
    assert.equal(dependingOn(undefined, [":unknown", pulumi.output("later")], place), undefined);
  });
});
