import assert from "node:assert/strict";
import { checkingInputs } from "../../../../provider/host/inputs/checkingInputs";
import type { Lifecycle } from "../../../../provider/resources/lifecycle";
import type { PropertyBag } from "../../../../provider/resources/properties/bag";
import { startProcess } from "../../../support/context";
import { unexpectedLifecycle } from "../../../support/noCalls";

const index = { registry: { address: "localhost:5000" }, repository: "team/server", tags: [], images: [":arm64"] };

/** The warnings of a check that refuses nothing. */
async function warningsOf(news: PropertyBag, olds: PropertyBag = {}): Promise<readonly string[]> {
  const warnings: string[] = [];
  const check: Lifecycle["check"] = async (_context, _olds, inputs) => ({ inputs, failures: [] });
  const context = { ...startProcess().context, warn: (text: string) => warnings.push(text) };
  const { failures } = await checkingInputs("MultiArchImage", { ...unexpectedLifecycle, check }).check(
    context,
    olds,
    news,
  );
  assert.deepEqual(failures, []);
  return warnings;
}

describe("checkingInputs", () => {
  it("refuses wrong inputs before the lifecycle sees them, all at once and under no property", async () => {
    const news = { ...index, requirePlatforms: [], onDelete: "keep" };
    const { failures } = await checkingInputs("MultiArchImage", unexpectedLifecycle).check(
      startProcess().context,
      {},
      news,
    );
    assert.deepEqual(failures, [
      {
        property: "",
        reason: "requirePlatforms: a MultiArchImage has no input of this name. Did you mean requiredPlatforms?",
      },
      {
        property: "",
        reason: 'onDelete: "untag", "delete" or "retain" is needed, but it is "keep". Write one of these.',
      },
    ]);
  });

  it("warns of an architecture and an operating system that no runtime knows, and names the nearest", async () => {
    const images = [{ image: ":arm64", platform: "linus/arm64" }];
    assert.deepEqual(await warningsOf({ ...index, images, requiredPlatforms: ["linux/amd46", "linux/arm64"] }), [
      'images[0].platform: no runtime looks for the operating system "linus". Did you mean linux?',
      'requiredPlatforms[0]: no runtime looks for the architecture "amd46". Did you mean amd64?',
    ]);
  });

  it("warns of it field by field, too", async () => {
    const platform = { os: "linux", architecture: "riscv46", "os.version": "1" };
    assert.deepEqual(await warningsOf({ ...index, requiredPlatforms: [platform] }), [
      'requiredPlatforms[0]: no runtime looks for the architecture "riscv46". Did you mean riscv64?',
    ]);
  });

  it("takes the names that other tools have for architectures", async () => {
    assert.deepEqual(await warningsOf({ ...index, requiredPlatforms: ["linux/x86_64", "linux/aarch64"] }), []);
  });

  it("repeats no warning in a run that does not change the input", async () => {
    const inputs = { ...index, requiredPlatforms: ["linux/amd46"] };
    assert.deepEqual(await warningsOf(inputs, inputs), []);
  });
});
