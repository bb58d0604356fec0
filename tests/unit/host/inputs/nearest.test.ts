import assert from "node:assert/strict";
import fc from "fast-check";
import { nearest } from "../../../../provider/host/inputs/nearest";

const names = ["address", "credentials", "tags", "requiredPlatforms", "repository", "platform", "username"];

describe("nearest", () => {
  const cases: readonly (readonly [written: string, meant: string | undefined])[] = [
    ["adress", "address"],
    ["addresss", "address"],
    ["adderss", "address"],
    ["Address", "address"],
    ["tag", "tags"],
    ["user", "username"],
    ["requirePlatforms", "requiredPlatforms"],
    ["repositories", "repository"],
    ["platforms", "platform"],
    ["repo", "repository"],
    ["host", "address"],
    ["colour", undefined],
    ["x", undefined],
  ];
  for (const [written, meant] of cases)
    it(`finds ${meant ?? "nothing"} for ${written}`, () => assert.equal(nearest(written, names), meant));

  it("finds each name by itself and by every slip of one letter", () => {
    const slips = fc.record({ name: fc.constantFrom(...names), at: fc.nat(), letter: fc.constantFrom("x", "q", "") });
    fc.assert(
      fc.property(slips, ({ name, at, letter }) => {
        const position = at % name.length;
        const written = `${name.slice(0, position)}${letter}${name.slice(position + 1)}`;
        assert.equal(nearest(written, names), name);
      }),
      { seed: 1 },
    );
  });
});
