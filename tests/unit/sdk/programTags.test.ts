import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { dependingOn, notePushedTags } from "../../../sdk/programTags";
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
