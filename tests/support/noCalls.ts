import assert from "node:assert/strict";
import type { Repository } from "../../provider/distribution/repository";
import type { Lifecycle } from "../../provider/resources/lifecycle";

/** Fails the test that calls it. */
export const unexpected = () => assert.fail("this call was not expected");

/** A lifecycle of which no call is expected; a test puts its own in the place of some. */
export const unexpectedLifecycle: Lifecycle = {
  check: unexpected,
  diff: unexpected,
  create: unexpected,
  read: unexpected,
  update: unexpected,
  delete: unexpected,
};

/** A repository of which no call is expected; a test puts its own in the place of some. */
export const unexpectedRepository: Repository = {
  address: "localhost:5000",
  name: "team/server",
  headManifest: unexpected,
  lookForManifest: unexpected,
  getManifest: unexpected,
  putManifest: unexpected,
  expectManifest: unexpected,
  deleteManifest: unexpected,
  removeTag: unexpected,
  finishRemovals: unexpected,
  hasBlob: unexpected,
  getBlob: unexpected,
  getBlobChunks: unexpected,
  getBlobBytes: unexpected,
  openUpload: unexpected,
  knowsUpload: unexpected,
  pushBlob: unexpected,
  listTags: unexpected,
  listReferrers: unexpected,
};
