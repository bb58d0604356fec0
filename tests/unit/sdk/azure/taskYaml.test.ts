import assert from "node:assert/strict";
import fc from "fast-check";
import { type AcrTaskYamlArgs, acrTaskYaml } from "../../../../sdk/azure/taskYaml";
import { readTaskFile } from "../../../azure/taskFile";

const hello: AcrTaskYamlArgs = {
  repository: "multi-arch/hello",
  tag: "1.4.0-{os}-{arch}{variant}",
  platforms: { "linux/amd64": "dockerfile.amd64", "linux/arm/v7": "dockerfile.arm" },
};
const run = { Registry: "example.azurecr.io" };

/** The words of each build step, as `docker build` gets them on the agent. */
function buildsOf(args: AcrTaskYamlArgs): readonly (readonly string[])[] {
  return readTaskFile(acrTaskYaml(args), run).flatMap(({ build }) => (build === undefined ? [] : [build]));
}

describe("acrTaskYaml", () => {
  it("gives this text for two platforms", () => {
    assert.equal(
      acrTaskYaml(hello),
      `version: v1.1.0
stepTimeout: 3600
steps:
  - id: build-linux-amd64
    build: "-t $Registry/multi-arch/hello:1.4.0-linux-amd64 --platform linux/amd64 -f dockerfile.amd64 ."
    env: ["DOCKER_BUILDKIT=1"]
  - id: build-linux-arm-v7
    build: "-t $Registry/multi-arch/hello:1.4.0-linux-armv7 --platform linux/arm/v7 -f dockerfile.arm ."
    env: ["DOCKER_BUILDKIT=1"]
  - id: push
    push:
      - "$Registry/multi-arch/hello:1.4.0-linux-amd64"
      - "$Registry/multi-arch/hello:1.4.0-linux-armv7"
`,
    );
  });

  it("builds each platform from its own Dockerfile, under its own tag", () => {
    assert.deepEqual(buildsOf(hello), [
      [
        "-t",
        "example.azurecr.io/multi-arch/hello:1.4.0-linux-amd64",
        "--platform",
        "linux/amd64",
        "-f",
        "dockerfile.amd64",
        ".",
      ],
      [
        "-t",
        "example.azurecr.io/multi-arch/hello:1.4.0-linux-armv7",
        "--platform",
        "linux/arm/v7",
        "-f",
        "dockerfile.arm",
        ".",
      ],
    ]);
  });

  it("pushes every image that it builds, after the last build", () => {
    const steps = readTaskFile(acrTaskYaml(hello), run);
    assert.deepEqual(
      steps.map(({ id }) => id),
      ["build-linux-amd64", "build-linux-arm-v7", "push"],
    );
    assert.deepEqual(
      steps.at(-1)?.push,
      buildsOf(hello).map(([, image]) => image),
    );
  });

  it("builds all platforms from one Dockerfile where none is named", () => {
    const platforms = { "linux/amd64": {}, "linux/arm64": {} };
    assert.deepEqual(
      buildsOf({ ...hello, platforms }).map((words) => words.slice(4, 6)),
      [
        ["-f", "Dockerfile"],
        ["-f", "Dockerfile"],
      ],
    );
  });

  it("passes on a stage, build arguments and a folder of the source", () => {
    const platforms = { "linux/arm64": { target: "server", buildArgs: { VERSION: "1.4.0", DEBUG: "" } } };
    const [words = []] = buildsOf({ ...hello, platforms, context: "src/server" });
    assert.deepEqual(words.slice(6), [
      "--target",
      "server",
      "--build-arg",
      "VERSION=1.4.0",
      "--build-arg",
      "DEBUG=",
      "src/server",
    ]);
  });

  it("hands every build argument to docker as it is, whatever characters it has", () => {
    const value = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.string({
        unit: fc.constantFrom(
          "$",
          "{",
          "}",
          '"',
          "'",
          "\\",
          " ",
          "\n",
          "\t",
          "`",
          "#",
          "Registry",
          "é",
          "\u2028",
          "😀",
        ),
      }),
    );
    // A shell's argument has no NUL.
    const printable = value.filter((text) => !text.includes("\0"));
    fc.assert(
      fc.property(printable, (text) => {
        const [words = []] = buildsOf({ ...hello, platforms: { "linux/arm64": { buildArgs: { VALUE: text } } } });
        assert.deepEqual(words.slice(6, 8), ["--build-arg", `VALUE=${text}`]);
      }),
      { numRuns: 60 },
    );
  });

  it("refuses platforms that would get one tag", () => {
    assert.throws(
      () => acrTaskYaml({ ...hello, tag: "1.4.0-{arch}", platforms: { "linux/arm/v6": {}, "linux/arm/v7": {} } }),
      /two platforms would get the tag 1\.4\.0-arm: tell them apart with \{os\}, \{arch\} and \{variant\}/,
    );
  });

  it("refuses a task without a platform", () => {
    assert.throws(() => acrTaskYaml({ ...hello, platforms: {} }), /platforms: at least one platform is needed/);
  });

  for (const dockerfile of ["my dockerfile", "", "--build-arg"]) {
    it(`refuses the Dockerfile path ${JSON.stringify(dockerfile)}, which ACR Tasks would misread`, () => {
      assert.throws(
        () => acrTaskYaml({ ...hello, platforms: { "linux/arm64": dockerfile } }),
        /platforms\["linux\/arm64"\]\.dockerfile: .* ACR Tasks cannot take it/,
      );
    });
  }
});
