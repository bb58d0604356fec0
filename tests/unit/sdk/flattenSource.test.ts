import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { flattenSource, secretEnvironment } from "../../../sdk/flattenSource";
import type { ImageReference } from "../../../sdk/imageReference";
import { PlatformImage } from "../../../sdk/platformImage";
import type { FilesSourceArgs, SourceArgs } from "../../../sdk/source";
import { mockEngine, outputValue } from "./mocks";

const files = { "/usr/bin/server": "out/server" };

describe("flattenSource", () => {
  it("keeps a source of files as it is", () => {
    assert.deepEqual(flattenSource({ files, compression: "none" }, "title"), { files, compression: "none" });
  });

  it("takes apart the registry of an image", () => {
    const source = { image: "localhost:5001/team/server:1.4.0", registry: "localhost:5001" };
    assert.deepEqual(flattenSource(source, "title"), { ...source, registry: { address: "localhost:5001" } });
  });
});

describe("flattenSource of an image on a registry", () => {
  const digest = `sha256:${"a".repeat(64)}`;
  mockEngine({ digest, descriptor: {} });
  const layered = (base: FilesSourceArgs["base"]) => ({ files, base });
  const candidate = () =>
    new PlatformImage("candidate", {
      registry: "localhost:5000",
      repository: "team/server",
      platform: "linux/arm64",
      source: "alpine",
    });
  const pushed = { image: `localhost:5000/team/server@${digest}` };

  const cases: Readonly<Record<string, [() => SourceArgs | ImageReference, unknown]>> = {
    "takes a reference alone": [() => "alpine:3.20", "alpine:3.20"],
    "takes a reference that comes as an output": [() => pulumi.output(":candidate"), ":candidate"],
    "takes a resource": [candidate, pushed.image],
    "takes a resource with its registry": [
      () => ({ image: candidate(), registry: "localhost:5000" }),
      { ...pushed, registry: { address: "localhost:5000" } },
    ],
    "takes a resource as a base": [() => layered(candidate()), layered(pushed.image)],
    "takes the registry of a base": [
      () => layered({ image: candidate(), registry: "localhost:5000" }),
      { files, base: { ...pushed, registry: { address: "localhost:5000" } } },
    ],
  };
  for (const [title, [source, expected]] of Object.entries(cases)) {
    it(title, async () => {
      const flat = await outputValue(pulumi.output(flattenSource(source(), "title")));
      assert.deepEqual(JSON.parse(JSON.stringify(flat)), expected);
    });
  }
});

describe("secretEnvironment", () => {
  mockEngine();
  const names = async (source: SourceArgs) =>
    outputValue(pulumi.output(secretEnvironment(source)["secretEnvironment"] ?? []));
  const env = { PATH: "/usr/bin", PASSWORD: "canary" };

  const cases: Readonly<Record<string, [SourceArgs, readonly string[]]>> = {
    "no variable of a source without files": [{ ociLayout: "out" }, []],
    "no variable of files without a config": [{ files }, []],
    "no variable of a config without environment": [{ files, config: { user: "1000" } }, []],
    "no variable in the clear": [{ files, config: { env } }, []],
    "no variable of an environment that comes as an output in the clear": [
      { files, config: { env: pulumi.output(env) } },
      [],
    ],
    "the one variable that is secret": [
      { files, config: { env: { ...env, PASSWORD: pulumi.secret("canary") } } },
      ["PASSWORD"],
    ],
    "every variable of a secret environment": [{ files, config: { env: pulumi.secret(env) } }, ["PATH", "PASSWORD"]],
    "every variable of a secret config": [{ files, config: pulumi.secret({ env }) }, ["PATH", "PASSWORD"]],
  };
  for (const [title, [source, expected]] of Object.entries(cases)) {
    it(`security row 15: names ${title}`, async () => {
      assert.deepEqual(await names(source), expected);
    });
  }

  it("tells the names in the clear, so that an error can name them", async () => {
    const { secretEnvironment: found } = secretEnvironment({ files, config: { env: pulumi.secret(env) } });
    assert.equal(await pulumi.isSecret(pulumi.output(found)), false);
  });
});
