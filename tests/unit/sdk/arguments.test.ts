import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { ImportedImage } from "../../../sdk/importedImage";
import { MultiArchImage } from "../../../sdk/multiArchImage";
import { PlatformImage } from "../../../sdk/platformImage";
import { Registry } from "../../../sdk/registry";
import { mockEngine, secretOf } from "./mocks";

type Construct = (name: string, args?: Readonly<Record<string, unknown>>) => pulumi.Resource;

/** Constructors as JavaScript programs call them: with anything. */
const constructors: Readonly<Record<string, Construct>> = {
  Registry: (name, args) => Reflect.construct(Registry, [name, args]),
  PlatformImage: (name, args) => Reflect.construct(PlatformImage, [name, args]),
  MultiArchImage: (name, args) => Reflect.construct(MultiArchImage, [name, args]),
  ImportedImage: (name, args) => Reflect.construct(ImportedImage, [name, args]),
};

class Other extends pulumi.CustomResource {
  constructor(name: string) {
    super("other:index:Other", name, {});
  }
}

function messageOf(construct: () => unknown): string {
  try {
    construct();
  } catch (error) {
    assert.equal(pulumi.RunError.isInstance(error), true, "Pulumi prints a stack");
    return error instanceof Error ? error.message : "";
  }
  return "";
}

describe("arguments that a constructor cannot take", () => {
  const registrationOf = mockEngine();
  const forms = "a Registry, its arguments ({address: …}) or an address such as localhost:5000 is needed";
  const target = { registry: "localhost:5000", repository: "team/server" };

  const refused: Readonly<
    Record<string, readonly [kind: string, args: () => Record<string, unknown> | undefined, message: string]>
  > = {
    "no arguments at all": [
      "MultiArchImage",
      () => undefined,
      `registry: ${forms}, but it is missing. Give it to the resource.`,
    ],
    "no registry": [
      "PlatformImage",
      () => ({ repository: "a" }),
      `registry: ${forms}, but it is missing. Give it to the resource.`,
    ],
    "a list of registries": [
      "ImportedImage",
      () => ({ registry: [] }),
      `registry: ${forms}, but it is a list. Give one.`,
    ],
    "another resource as the registry": [
      "PlatformImage",
      () => ({ registry: new Other("registry") }),
      `registry: ${forms}, but it is another resource. Give its address.`,
    ],
    "a resource that stands for no image": [
      "MultiArchImage",
      () => ({ ...target, images: [":a", new Other("image")] }),
      "images[1]: an image is needed, but it is a resource without `ref` and `digest`. Give its reference.",
    ],
  };
  for (const [title, [kind, args, message]] of Object.entries(refused))
    it(`are refused with one sentence, which Pulumi prints without a stack: ${title}`, () =>
      assert.equal(
        messageOf(() => constructors[kind]?.("wrong", args())),
        `${kind} "wrong": ${message}`,
      ));

  const junk: readonly unknown[] = [undefined, null, 5, true, "text", [], [null], {}, { image: null }, { files: 5 }];
  for (const [kind, construct] of Object.entries(constructors))
    it(`cross to check as they are, for it to refuse them: every other argument of a ${kind}`, async () => {
      const names = ["tags", "tag", "images", "source", "platform", "repository", "subject", "sourceRegistries"];
      const wanted = names.flatMap((name) => junk.map((value) => [name, value] as const));
      for (const [index, [name, value]] of wanted.entries()) {
        if (name === "sourceRegistries" && Array.isArray(value)) continue;
        const args = { ...target, address: "localhost:5000", [name]: value };
        await registrationOf(construct(`${kind} ${index}`, args));
      }
    });

  it("cross to check under their own names, so that it can refuse these", async () => {
    const { inputs } = await registrationOf(
      constructors["MultiArchImage"]?.("names", { ...target, digest: "a", tag: "b" }) ?? assert.fail(),
    );
    assert.deepEqual([inputs["digest"], inputs["tag"]], ["a", "b"]);
  });

  it("cross to check from a registry's arguments, too", async () => {
    const registry = { address: "localhost:5000", credential: { password: "canary" } };
    const { inputs } = await registrationOf(
      constructors["MultiArchImage"]?.("registry", { ...target, registry }) ?? assert.fail(),
    );
    assert.deepEqual(inputs["registry"], registry);
  });

  it("are as if they were not given when they come as outputs that turn out to be undefined", async () => {
    const perhaps = pulumi.output(undefined);
    const connection = { address: "localhost:5000", credentials: perhaps, clientKey: perhaps, caCertificate: perhaps };
    const args = { ...target, registry: connection, tag: perhaps, annotations: perhaps, onConflict: perhaps };
    const source = { files: {}, base: undefined, config: perhaps };
    const image =
      constructors["PlatformImage"]?.("perhaps", { ...args, platform: "linux/arm64", source }) ?? assert.fail();
    const { inputs } = await registrationOf(image);
    const { registry, source: files, tag, annotations, onConflict } = Object(inputs);
    // A secret that is undefined is a secret null, which the provider takes for absent, too.
    const members = Object.entries(Object(secretOf(registry))).filter(([, value]) => value !== null);
    assert.deepEqual(members, [["address", "localhost:5000"]]);
    assert.deepEqual(JSON.parse(JSON.stringify(files)), { files: {} });
    assert.deepEqual([tag, annotations, onConflict], [undefined, undefined, undefined]);
  });
});
