import assert from "node:assert/strict";
import { createReplicas } from "../../../provider/distribution/replicas";
import { ProviderError } from "../../../provider/errors";
import type { Descriptor } from "../../../provider/oci/descriptor";
import { mediaTypes } from "../../../provider/oci/mediaTypes";
import { stillClock } from "../../support/context";

const descriptor = (digest: string): Descriptor => ({ mediaType: mediaTypes.ociIndex, digest, size: 1 });
const missing = () =>
  new ProviderError("ERR_REGISTRY", "missing", {
    method: "PUT",
    url: "https://contoso.azurecr.io",
    status: 400,
    errors: [{ code: "MANIFEST_BLOB_UNKNOWN" }],
  });

describe("createReplicas", () => {
  /** Looks at a tag that is found as these say, one after the other. @returns what is found, how often was looked, and for how long. */
  async function look(
    written: string | undefined,
    found: readonly (string | undefined)[],
    prepare: (replicas: ReturnType<typeof createReplicas>, clock: ReturnType<typeof stillClock>) => void = () => {},
  ) {
    const clock = stillClock();
    const replicas = createReplicas(clock);
    if (written !== undefined) replicas.written("1.0", written);
    prepare(replicas, clock);
    const start = clock.now();
    let looks = 0;
    const last = await replicas.look("1.0", async () => {
      const digest = found[Math.min(looks++, found.length - 1)];
      return digest === undefined ? undefined : descriptor(digest);
    });
    return [last?.digest, looks, (clock.now() - start) / 1000];
  }

  it("looks once at what nobody here has written", async () => {
    assert.deepEqual(await look(undefined, [undefined]), [undefined, 1, 0]);
  });

  it("looks once at what is found as it was written", async () => {
    assert.deepEqual(await look("new", ["new"]), ["new", 1, 0]);
  });

  it("looks again while what was written is not found", async () => {
    assert.deepEqual(await look("new", [undefined, undefined, "new"]), ["new", 3, 1.5]);
  });

  it("looks again while a tag is found where it was before", async () => {
    assert.deepEqual(await look("new", ["old", "new"]), ["new", 2, 0.5]);
  });

  it("takes what it finds after 7.5 s", async () => {
    assert.deepEqual(await look("new", ["other"]), ["other", 5, 7.5]);
  });

  it("looks once at what was written more than a minute ago", async () => {
    assert.deepEqual(await look("new", ["old"], (_, clock) => clock.advance(61)), ["old", 1, 0]);
  });

  it("looks once at what was removed since", async () => {
    assert.deepEqual(await look("new", [undefined], (replicas) => replicas.removed("1.0")), [undefined, 1, 0]);
  });

  it("writes again while the registry misses what the manifest refers to, five times in all", async () => {
    const clock = stillClock();
    let writes = 0;
    const put = () => {
      writes++;
      return Promise.reject(missing());
    };
    await assert.rejects(createReplicas(clock).put(put), /missing/);
    assert.equal(writes, 5);
  });

  it("writes once when the registry refuses for another reason", async () => {
    let writes = 0;
    const put = () => {
      writes++;
      return Promise.reject(new Error("refused"));
    };
    await assert.rejects(createReplicas(stillClock()).put(put), /refused/);
    assert.equal(writes, 1);
  });
});
