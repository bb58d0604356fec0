import assert from "node:assert/strict";
import { MultiArchImage } from "../../../sdk/multiArchImage";
import { mockEngine } from "./mocks";

const args = { registry: "localhost:5000", repository: "team/server", tags: ["1.4.0"], images: [":arm64"] };

describe("the option replaceOnChanges", () => {
  const registrationOf = mockEngine();
  const { warn } = console;
  let said: string[];
  beforeEach(() => {
    said = [];
    // Without an engine Pulumi writes its warnings to the console.
    console.warn = (message: unknown) => said.push(String(message));
  });
  afterEach(() => {
    console.warn = warn;
  });

  it("is said to have no effect", async () => {
    await registrationOf(new MultiArchImage("with", args, { replaceOnChanges: ["tags"] }));
    assert.match(said.join(), /replaceOnChanges has no effect on this resource/);
  });

  it("causes no warning when it is empty", async () => {
    await registrationOf(new MultiArchImage("empty", args, { replaceOnChanges: [] }));
    assert.deepEqual(said, []);
  });

  it("causes no warning when it is not given", async () => {
    await registrationOf(new MultiArchImage("without", args));
    assert.deepEqual(said, []);
  });
});
