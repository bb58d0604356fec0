import { deepStrictEqual, rejects, throws } from "node:assert/strict";
import { parseRepositoryReference, readTags } from "../../../provider/functions/readTags";
import { repositoryOf } from "./fixtures";

const { repository } = repositoryOf({});

describe("parseRepositoryReference", () => {
  it("reads a host and a repository", () => {
    deepStrictEqual(parseRepositoryReference("r.example/team/server"), {
      address: "r.example",
      repository: "team/server",
    });
  });

  for (const text of ["r.example/team/server:1", `r.example/team/server@sha256:${"0".repeat(64)}`]) {
    it(`refuses ${text.slice(0, 30)}, which names more than a repository`, () => {
      throws(() => parseRepositoryReference(text), { code: "ERR_REFERENCE_INVALID" });
    });
  }
});

describe("readTags", () => {
  it("keeps the registry's order", async () => {
    const tags = ["b", "a"];
    deepStrictEqual(await readTags({ ...repository, listTags: async () => tags }), tags);
  });

  it("says of a repository that is not there what to check", async () => {
    await rejects(readTags({ ...repository, listTags: async () => undefined }), {
      code: "ERR_NOT_FOUND",
      message:
        "There is no repository r.example/team/server: r.example answered 404. Check its name, and that the credentials may " +
        "see it: some registries hide what they may not.",
    });
  });
});
