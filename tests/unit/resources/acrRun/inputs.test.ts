import assert from "node:assert/strict";
import { carriesSecret } from "../../../../provider/resources/acrRun/inputs";

describe("the URL of a run's source", () => {
  const secret = [
    "https://gitlab.example.com/api/v4/projects/1/repository/archive.tar.gz?private_token=x",
    "https://bucket.s3.amazonaws.com/src.tgz?X-Amz-Algorithm=a&X-Amz-Credential=b&X-Amz-Signature=c",
    "https://storage.googleapis.com/b/src.tgz?X-Goog-Signature=x",
    "https://h/src.tgz?SIG=x",
    "https://h/src.tgz?anything=x",
    "https://user@h/x.git",
    "https://user:password@h/x.git",
    "ssh://git:password@h/x.git",
  ];
  for (const url of secret)
    it(`security row 15: is refused where it may carry a secret: ${url}`, () => assert.ok(carriesSecret(url)));

  for (const url of ["https://github.com/team/app.git#main:dir", "ssh://git@h/x.git", "git@github.com:team/app.git"])
    it(`is taken where it carries none: ${url}`, () => assert.ok(!carriesSecret(url)));
});
