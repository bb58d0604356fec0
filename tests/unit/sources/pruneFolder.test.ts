import assert from "node:assert/strict";
import { readdirSync, utimesSync } from "node:fs";
import { pruneFolder } from "../../../provider/sources/pruneFolder";
import { testFolder } from "./folders";

describe("pruneFolder", () => {
  const folder = testFolder();
  const write = (name: string, ageSeconds: number) => {
    const time = Date.now() / 1000 - ageSeconds;
    utimesSync(folder.write(name, "x".repeat(100)), time, time);
  };

  it("removes nothing while everything fits", async () => {
    write("a", 10);
    write("b", 20);
    await pruneFolder(folder.path(), 200);
    assert.deepEqual(readdirSync(folder.path()), ["a", "b"]);
  });

  it("removes the oldest first", async () => {
    write("a", 10);
    write("b", 30);
    write("c", 20);
    await pruneFolder(folder.path(), 200);
    assert.deepEqual(readdirSync(folder.path()), ["a", "c"]);
  });

  it("removes a half-written file after an hour, not one that is being written", async () => {
    write("a.part", 3700);
    write("b.part", 3500);
    await pruneFolder(folder.path(), 0);
    assert.deepEqual(readdirSync(folder.path()), ["b.part"]);
  });
});
