import assert from "node:assert/strict";
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { acrRun, importedImage, multiArchImage, platformImage, registry } from "../../../provider";
import { type HandlerName, providerText } from "../../../sdk/provider";

const texts: Readonly<Record<HandlerName, string>> = {
  registry: "exports.handler=()=>require('pulumi-multiarch/provider').registry;",
  platformImage: "exports.handler=()=>require('pulumi-multiarch/provider').platformImage;",
  multiArchImage: "exports.handler=()=>require('pulumi-multiarch/provider').multiArchImage;",
  importedImage: "exports.handler=()=>require('pulumi-multiarch/provider').importedImage;",
  acrRun: "exports.handler=()=>require('pulumi-multiarch/provider').acrRun;",
};
const names: readonly HandlerName[] = ["registry", "platformImage", "multiArchImage", "importedImage", "acrRun"];
const handlers = { registry, platformImage, multiArchImage, importedImage, acrRun };

describe("providerText", () => {
  for (const handler of names) {
    it(`is for ${handler} byte for byte what every state holds`, () => {
      assert.equal(providerText(handler), texts[handler]);
    });

    it(`leads to a handler that the package has: ${handler}`, () => {
      assert.equal(typeof handlers[handler].check, "function");
    });
  }

  describe("in a folder from which the package cannot be found", () => {
    const { cwd } = process;
    let folder: string;
    let fresh: typeof providerText;
    before(() => {
      folder = realpathSync(mkdtempSync(join(tmpdir(), "multiarch-nowhere-")));
      const module = require.resolve("../../../sdk/provider");
      const { [module]: loaded } = require.cache;
      delete require.cache[module];
      ({ providerText: fresh } = require("../../../sdk/provider"));
      require.cache[module] = loaded;
      process.cwd = () => folder;
    });
    after(() => {
      process.cwd = cwd;
      rmSync(folder, { recursive: true });
    });

    for (const part of [
      "cannot be resolved from",
      "add it to the program's own dependencies",
      "keep it external when you bundle the program",
      "with the Automation API set workDir",
    ]) {
      it(`says: ${part}`, () => {
        assert.throws(
          () => fresh("registry"),
          ({ message }: Error) => message.includes(part) && message.includes(folder),
        );
      });
    }
  });
});
