import assert from "node:assert/strict";
import { createTagSnapshots } from "../../../../provider/resources/process/tagSnapshots";
import { stillClock } from "../../../support/context";

describe("createTagSnapshots", () => {
  const repository = "localhost:5000/team/server";
  const descriptor = {
    mediaType: "application/vnd.oci.image.index.v1+json",
    digest: `sha256:${"a".repeat(64)}`,
    size: 1,
  };

  it("remembers what a tag named, however old the look is", () => {
    const clock = stillClock();
    const looks = createTagSnapshots(clock);
    looks.record(repository, "1.0", descriptor);
    clock.advance(3600);
    assert.deepEqual(looks.last(repository, "1.0")?.descriptor, descriptor);
  });

  it("tells a tag that was not there from one that nobody looked at", () => {
    const looks = createTagSnapshots(stillClock());
    looks.record(repository, "1.0", undefined);
    assert.notEqual(looks.last(repository, "1.0"), undefined);
    assert.equal(looks.last(repository, "2.0"), undefined);
  });

  for (const { seconds, fresh } of [
    { seconds: 0, fresh: true },
    { seconds: 1, fresh: true },
    { seconds: 1.001, fresh: false },
  ]) {
    it(`calls a look of ${seconds} s ago ${fresh ? "fresh" : "stale"}`, () => {
      const clock = stillClock();
      const looks = createTagSnapshots(clock);
      looks.record(repository, "1.0", descriptor);
      clock.advance(seconds);
      assert.equal(looks.isFresh(repository, "1.0"), fresh);
    });
  }

  it("calls a look stale after its second, though the machine's clock was set back by an hour meanwhile", () => {
    const clock = stillClock();
    const looks = createTagSnapshots(clock);
    looks.record(repository, "1.0", descriptor);
    clock.advance(30);
    clock.setBack(3600);
    assert.equal(looks.isFresh(repository, "1.0"), false);
  });

  it("calls nothing fresh that nobody looked at", () => {
    assert.equal(createTagSnapshots(stillClock()).isFresh(repository, "1.0"), false);
  });

  it("keeps equal tags of two repositories apart", () => {
    const looks = createTagSnapshots(stillClock());
    looks.record(repository, "1.0", descriptor);
    assert.equal(looks.last(`${repository}2`, "1.0"), undefined);
  });
});
