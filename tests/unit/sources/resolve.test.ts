import assert from "node:assert/strict";
import { hasCode } from "../../../provider/errors";
import { parsePlatform } from "../../../provider/oci/platform";
import { resolveSource } from "../../../provider/sources/resolve";
import type { Source } from "../../../provider/sources/source";
import { type Layout, makeLayout } from "../../support/layouts";
import { fakeRegistry } from "./fakeRegistry";
import { testFolder } from "./folders";

const platform = parsePlatform("linux/arm64");

describe("resolveSource", () => {
  const folder = testFolder();
  let layout: Layout;
  beforeEach(() => {
    layout = makeLayout();
  });
  afterEach(() => layout.remove());

  const world = () => ({
    environment: {},
    directory: folder.path(),
    registry: () => fakeRegistry("r.example.com", "a", layout, { v1: layout.image({ platform }) }).client,
  });

  it("gives one and the same image from a layout and from a registry that hold it", async () => {
    layout.publish(layout.image({ platform }));
    const [one, two] = [
      await resolveSource({ ociLayout: layout.directory }, platform, world(), {}),
      await resolveSource({ image: "r.example.com/a:v1" }, platform, world(), {}),
    ];
    assert.deepEqual(one.manifest.descriptor, two.manifest.descriptor);
    assert.deepEqual([one.configDigest, one.layers], [two.configDigest, two.layers]);
  });

  it("gives an image from files the declared platform and annotations", async () => {
    folder.write("server", "#!/bin/sh\n");
    const annotations = { "org.opencontainers.image.version": "1" };
    const image = await resolveSource({ files: { "/server": "server" } }, platform, world(), { annotations });
    assert.deepEqual(image.configPlatform, platform);
    assert.deepEqual(JSON.parse(Buffer.from(image.manifest.bytes).toString()).annotations, annotations);
  });

  const existing: readonly Source[] = [{ ociLayout: "layout" }, { image: "r.example.com/a:v1" }];
  for (const source of existing)
    it(`refuses annotations for ${JSON.stringify(source)}, whose manifest stays as it is`, async () => {
      await assert.rejects(
        resolveSource(source, platform, world(), { annotations: { a: "b" } }),
        (error: unknown) => hasCode(error, "ERR_INPUT_INVALID") && error.details.path === "annotations",
      );
    });
});
