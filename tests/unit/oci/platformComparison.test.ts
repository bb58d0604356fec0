import * as assert from "node:assert/strict";
import * as fc from "fast-check";
import { formatPlatform, type Platform, parsePlatform } from "../../../provider/oci/platform";
import {
  completePlatform,
  contradiction,
  isMoreDemanding,
  matchesPlatform,
} from "../../../provider/oci/platformComparison";
import { literal, platforms } from "./platforms";

describe("matchesPlatform", () => {
  const rows: readonly (readonly [pattern: string, platform: string, matches: boolean])[] = [
    ["linux/arm64", "linux/arm64/v8", true],
    ["linux/arm64", "linux/arm64/v9", true],
    ["linux/arm64/v8", "linux/arm64", true],
    ["linux/arm64/v8", "linux/arm64/v9", false],
    ["linux/amd64", "linux/amd64/v3", true],
    ["linux/amd64/v1", "linux/amd64", true],
    ["linux/amd64/v1", "linux/amd64/v3", false],
    ["linux/arm", "linux/arm/v6", true],
    ["linux/arm/v7", "linux/arm", true],
    ["linux/armhf", "linux/arm/v6", false],
    ["linux/arm/v6", "linux/armel", true],
    ["linux/arm", "linux/arm64", false],
    ["linux/amd64", "windows/amd64", false],
    ["windows/amd64", "windows(10.0.20348.1)/amd64", true],
    ["windows(10.0.20348)/amd64", "windows(10.0.20348.1)/amd64", true],
    ["windows(10.0.2034)/amd64", "windows(10.0.20348.1)/amd64", false],
    ["windows(10.0.20348.1)/amd64", "windows/amd64", false],
    ["linux/amd64", "linux(+gpu)/amd64", true],
    ["linux(+gpu)/amd64", "linux(+gpu+simd)/amd64", true],
    ["linux(+gpu+simd)/amd64", "linux(+gpu)/amd64", false],
  ];
  for (const [pattern, platform, matches] of rows) {
    it(`says that ${pattern} ${matches ? "matches" : "does not match"} ${platform}`, () => {
      assert.equal(matchesPlatform(parsePlatform(pattern), parsePlatform(platform)), matches);
    });
  }

  it("holds for every platform with itself", () => {
    fc.assert(
      fc.property(platforms, (platform) => {
        assert.ok(matchesPlatform(platform, platform));
      }),
    );
  });
});

describe("contradiction", () => {
  it("finds none where one side has nothing but an empty text", () => {
    assert.equal(contradiction({ os: "linux", architecture: "arm64" }, { os: "linux", architecture: "" }), undefined);
  });

  const rows: readonly (readonly [declared: string, found: string, field: string | undefined])[] = [
    ["linux/amd64", "linux/x86_64", undefined],
    ["linux/amd64", "windows/arm64", "os"],
    ["linux/amd64", "linux/arm64", "architecture"],
    ["linux/arm/v7", "linux/arm/v6", "variant"],
    ["linux/arm64/v8", "linux/arm64/v9", "variant"],
    ["linux/arm/v6", "linux/arm", undefined],
    ["linux/arm", "linux/arm/v6", undefined],
    ["linux/armhf", "linux/arm/v7", undefined],
    ["windows(10.0.20348.1)/amd64", "windows(10.0.17763.1)/amd64", "os.version"],
    ["windows(10.0.20348)/amd64", "windows(10.0.20348.1)/amd64", undefined],
    ["windows(10.0.20348.1)/amd64", "windows(10.0.20348)/amd64", undefined],
    ["windows/amd64", "windows(10.0.20348.1)/amd64", undefined],
    ["linux(+a)/amd64", "linux(+b)/amd64", "os.features"],
    ["linux(+a+b)/amd64", "linux(+b+a)/amd64", undefined],
    ["linux(+a)/amd64", "linux/amd64", undefined],
  ];
  for (const [declared, found, field] of rows) {
    it(`finds ${field ?? "none"} between declared ${declared} and found ${found}`, () => {
      assert.equal(contradiction(parsePlatform(declared), literalOrParsed(found)), field);
    });
  }

  it("never finds one between a platform and its own text", () => {
    fc.assert(
      fc.property(platforms, (platform) => {
        assert.equal(contradiction(parsePlatform(formatPlatform(platform)), platform), undefined);
      }),
    );
  });
});

/** An image's config is not respelled; texts with options need the parser all the same. */
function literalOrParsed(text: string): Platform {
  return text.includes("(") ? parsePlatform(text) : literal(text);
}

describe("completePlatform", () => {
  it("takes the declaration where the image has no config", () => {
    assert.deepEqual(completePlatform(undefined, literal("linux/arm/v6")), literal("linux/arm/v6"));
  });

  it("keeps what the config says, literally", () => {
    assert.deepEqual(completePlatform(literal("linux/aarch64"), literal("linux/arm64")), literal("linux/aarch64"));
  });

  it("adds what only the declaration says", () => {
    const declared = { ...literal("windows/arm64/v8"), "os.version": "10.0.20348.1", "os.features": ["win32k"] };
    assert.deepEqual(completePlatform(literal("windows/arm64"), declared), declared);
  });

  it("takes an empty field of the config for absent", () => {
    const found = { os: "", architecture: "", variant: "", "os.version": "", "os.features": [] };
    assert.deepEqual(completePlatform(found, literal("linux/arm/v6")), literal("linux/arm/v6"));
  });

  it("prefers the config in every field that both have", () => {
    const found = { os: "windows", architecture: "amd64", variant: "v2", "os.version": "2", "os.features": ["b"] };
    const declared = { os: "linux", architecture: "arm", variant: "v6", "os.version": "1", "os.features": ["a"] };
    assert.deepEqual(completePlatform(found, declared), found);
  });
});

describe("isMoreDemanding", () => {
  const rows: readonly (readonly [a: string, b: string, more: boolean])[] = [
    ["linux/arm/v7", "linux/arm/v6", true],
    ["linux/arm", "linux/arm/v6", true],
    ["linux/amd64/v3", "linux/amd64", true],
    ["linux/amd64", "linux/amd64/v3", false],
    ["linux/amd64/v2", "linux/amd64/v2", false],
    ["linux/arm64/v9", "linux/arm64", true],
    ["linux/arm64/v8.9", "linux/arm64/v9", false],
    ["linux/amd64/v2", "windows/amd64", false],
    ["windows(1)/amd64/v2", "windows(2)/amd64", false],
    ["linux(+gpu)/amd64/v2", "linux/amd64", false],
    ["linux/riscv64/v2", "linux/riscv64/v1", false],
    ["linux/constructor/v2", "linux/constructor/v1", false],
    ["linux/amd64/fast", "linux/amd64", false],
  ];
  for (const [a, b, more] of rows) {
    it(`says ${more} for ${a} over ${b}`, () => {
      assert.equal(isMoreDemanding(parsePlatform(a), parsePlatform(b)), more);
    });
  }
});
