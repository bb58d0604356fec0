import assert from "node:assert/strict";
import { createRegistry } from "./registry";
import { putBytes, strangerRequest, types } from "./strangerPush";

describe("a copy of a registry in memory", () => {
  it("keeps a manifest that was put by its digest when its last tag goes, as the registry itself would", () => {
    const registry = createRegistry({ dropsManifestWithLastTag: true });
    const index = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: types.index, manifests: [] }));
    putBytes(registry, "team/app:1.0", index, types.index);
    const [name = ""] = registry.storage.manifests.keys();
    putBytes(registry, name, index, types.index);
    const copy = registry.clone();
    copy.answer(strangerRequest("DELETE", "team/app:1.0"));
    assert.deepEqual([...copy.storage.manifests.keys()], [name]);
  });
});
