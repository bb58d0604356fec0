import assert from "node:assert/strict";
import { referrersTag } from "../../../provider/distribution/referrers";
import { mediaTypes } from "../../../provider/oci/mediaTypes";
import { forEachRegistry } from "../../support/registries";
import { manifestOf, newRepository, uniqueIndex, uniqueName } from "./content";

forEachRegistry("lists", (registry) => {
  const repositoryOf = (name: string) => newRepository(registry().address, name);

  it("lists a repository's tags", async () => {
    const name = uniqueName();
    for (const tag of ["b", "a"]) await repositoryOf(name).putManifest(tag, uniqueIndex());
    assert.deepEqual([...((await repositoryOf(name).listTags()) ?? [])].sort(), ["a", "b"]);
  });

  it("has no list of tags for a repository that is not there", async () => {
    assert.equal(await repositoryOf(uniqueName()).listTags(), undefined);
  });

  it("finds no referrers where nobody has written any", async () => {
    const { digest } = uniqueIndex().descriptor;
    assert.deepEqual(await repositoryOf(uniqueName()).listReferrers(digest), {
      descriptors: [],
      source: "fallbackTag",
    });
  });

  it("finds referrers under the fallback tag, all or of one artifact type", async () => {
    const name = uniqueName();
    const repository = repositoryOf(name);
    const { digest } = uniqueIndex().descriptor;
    const manifests = [];
    for (const artifactType of ["application/vnd.example.sbom", "application/vnd.example.signature"]) {
      const referrer = uniqueIndex();
      await repository.putManifest(referrer.descriptor.digest, referrer);
      manifests.push({ ...referrer.descriptor, artifactType });
    }
    await repository.putManifest(referrersTag(digest), manifestOf({ manifests }, mediaTypes.ociIndex));
    assert.deepEqual((await repositoryOf(name).listReferrers(digest)).descriptors, manifests);
    const ofType = await repositoryOf(name).listReferrers(digest, "application/vnd.example.sbom");
    assert.deepEqual(ofType.descriptors, manifests.slice(0, 1));
  });
});
