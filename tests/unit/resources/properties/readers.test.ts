import assert from "node:assert/strict";
import { ProviderError } from "../../../../provider/errors";
import * as inputs from "../../../../provider/resources/properties/readers";

function refusal(read: () => unknown): { readonly path: string; readonly message: string } {
  try {
    read();
  } catch (error) {
    if (error instanceof ProviderError && error.code === "ERR_INPUT_INVALID") {
      return { path: Reflect.get(error.details, "path"), message: error.message };
    }
    throw error;
  }
  return assert.fail("nothing was refused");
}

describe("memberPath", () => {
  for (const [path, name, expected] of [
    ["", "registry", "registry"],
    ["registry", "address", "registry.address"],
    ["images", 1, "images[1]"],
    ["images[1]", "platform", "images[1].platform"],
    ["source.files", "/usr/bin/server", 'source.files["/usr/bin/server"]'],
    ["platform", "os.version", 'platform["os.version"]'],
  ] as const) {
    it(`writes ${expected}`, () => assert.equal(inputs.memberPath(path, name), expected));
  }
});

describe("readers of inputs", () => {
  const wrong: readonly (readonly [string, (bag: Record<string, unknown>) => unknown, unknown, RegExp])[] = [
    [
      "requiredString",
      (bag) => inputs.requiredString(bag, "name", "at"),
      undefined,
      /a text is needed, but it is missing/,
    ],
    ["requiredString", (bag) => inputs.requiredString(bag, "name", "at"), "", /a text is needed/],
    ["requiredString", (bag) => inputs.requiredString(bag, "name", "at"), 7, /but it is a number/],
    ["optionalString", (bag) => inputs.optionalString(bag, "name", "at"), [], /but it is a list/],
    ["optionalBoolean", (bag) => inputs.optionalBoolean(bag, "name", "at"), "yes", /true or false is needed/],
    ["optionalNumber", (bag) => inputs.optionalNumber(bag, "name", "at"), -1, /a number of 0 or more/],
    ["list", (bag) => inputs.list(bag, "name", "at"), {}, /a list is needed, but it is an object/],
    ["requiredBag", (bag) => inputs.requiredBag(bag, "name", "at"), ["a"], /an object is needed, but it is a list/],
    ["optionalBag", (bag) => inputs.optionalBag(bag, "name", "at"), "a", /an object is needed, but it is a string/],
    ["choice", (bag) => inputs.choice(bag, "name", ["a", "b"], "a", "at"), "c", /one of a, b is needed, but it is "c"/],
  ];
  for (const [reader, read, value, reason] of wrong) {
    it(`${reader} refuses ${JSON.stringify(value) ?? "nothing"} with the input's path`, () => {
      const { path, message } = refusal(() => read({ name: value }));
      assert.equal(path, "at.name");
      assert.match(message, reason);
      assert.ok(message.startsWith("at.name: "));
    });
  }

  it("stringList names the item that is no text", () => {
    assert.equal(refusal(() => inputs.stringList({ tags: ["a", 7] }, "tags")).path, "tags[1]");
  });

  it("stringMap names the member that is no text", () => {
    assert.equal(
      refusal(() => inputs.stringMap({ annotations: { "a.b": 7 } }, "annotations")).path,
      'annotations["a.b"]',
    );
  });

  it("take null for absent, as a program's null arrives", () => {
    const bag = { name: null };
    assert.equal(inputs.optionalString(bag, "name"), undefined);
    assert.equal(inputs.optionalBoolean(bag, "name"), undefined);
    assert.equal(inputs.optionalNumber(bag, "name"), undefined);
    assert.equal(inputs.optionalBag(bag, "name"), undefined);
    assert.equal(inputs.choice(bag, "name", ["a", "b"], "b"), "b");
    assert.deepEqual(inputs.stringList(bag, "name"), []);
  });

  it("stringMap takes an empty map for none", () => {
    assert.equal(inputs.stringMap({ annotations: {} }, "annotations"), undefined);
  });
});

describe("at", () => {
  it("gives a parser's error the path of the input, and keeps it as the cause", () => {
    const cause = new ProviderError("ERR_REFERENCE_INVALID", "no tag", { reference: "!" });
    const fail = () => {
      throw cause;
    };
    assert.throws(() => inputs.at("tags[0]", fail), {
      message: "tags[0]: no tag",
      details: { path: "tags[0]" },
      cause,
    });
  });

  it("leaves an error alone that has a path already", () => {
    const fail = () => {
      throw inputs.inputError("registry.address", "a text is needed");
    };
    assert.throws(() => inputs.at("registry", fail), { details: { path: "registry.address" } });
  });
});
