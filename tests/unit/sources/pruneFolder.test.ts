import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { mkdirSync, readdirSync, symlinkSync, utimesSync } from "node:fs";
import { pruneFolder } from "../../../provider/sources/pruneFolder";
import { testFolder } from "./folders";

describe("pruneFolder", () => {
  const folder = testFolder();
  const write = (name: string, ageSeconds: number) => {
    const time = Date.now() / 1000 - ageSeconds;
    utimesSync(folder.write(name, "x".repeat(100)), time, time);
  };
  const [a = "", b = "", c = ""] = ["a", "b", "c"].map((digit) => `sha256-${digit.repeat(64)}`);

  it("removes nothing while everything fits", async () => {
    write(a, 10);
    write(`${b}.json`, 20);
    await pruneFolder(folder.path(), 200);
    assert.deepEqual(readdirSync(folder.path()), [a, `${b}.json`]);
  });

  it("removes the oldest first", async () => {
    write(a, 10);
    write(`${b}.json`, 30);
    write(c, 20);
    await pruneFolder(folder.path(), 200);
    assert.deepEqual(readdirSync(folder.path()), [a, c]);
  });

  it("removes a half-written file after an hour, not one that is being written", async () => {
    const [old, young] = [`${randomUUID()}.part`, `${randomUUID()}.part`];
    write(old, 3700);
    write(young, 3500);
    await pruneFolder(folder.path(), 0);
    assert.deepEqual(readdirSync(folder.path()), [young]);
  });

  const others = ["letter.txt", "video.part", "sha256-abc", `${a}.txt`, `x${a}`, `sha256:${"a".repeat(64)}`, ".json"];
  for (const name of others)
    it(`never removes a file that the cache has not named: ${name}`, async () => {
      write(name, 1e6);
      await pruneFolder(folder.path(), 0);
      assert.deepEqual(readdirSync(folder.path()), [name]);
    });

  it("leaves a link, what it leads to, and a folder, whatever their names", async () => {
    folder.write("elsewhere/target", "x".repeat(100));
    mkdirSync(folder.path("cache"));
    symlinkSync(folder.path("elsewhere/target"), folder.path(`cache/${a}`));
    mkdirSync(folder.path(`cache/${b}`));
    await pruneFolder(folder.path("cache"), 0);
    assert.deepEqual(readdirSync(folder.path("cache")), [a, b]);
    assert.deepEqual(readdirSync(folder.path("elsewhere")), ["target"]);
  });

  it("does not count the files of others", async () => {
    write("letter.txt", 10);
    write(a, 20);
    await pruneFolder(folder.path(), 100);
    assert.deepEqual(readdirSync(folder.path()), ["letter.txt", a]);
  });
});
