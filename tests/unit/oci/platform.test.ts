import * as assert from "node:assert/strict";
import * as fc from "fast-check";
import { hasCode } from "../../../provider/errors";
import {
  completePlatform,
  contradiction,
  formatPlatform,
  isMoreDemanding,
  isUnknownPlatform,
  matchesPlatform,
  normalizePlatform,
  type Platform,
  parsePlatform,
  platformFrom,
  platformIdentity,
} from "../../../provider/oci/platform";
import { normalised, ofMachine, parseDeviations, parsed, refused, runs, spelled, strict } from "./vectors/platform";

/** Asserts that a platform input is refused with the typed error, and with a message that matches. */
function refuses(run: () => unknown, message = /Write os\/architecture\[\/variant\]/): void {
  assert.throws(run, (error) => hasCode(error, "ERR_PLATFORM_INVALID") && message.test(error.message));
}

/** A platform from `os/architecture[/variant]`, with nothing respelled. */
function literal(text: string): Platform {
  const [os = "", architecture = "", variant] = text.split("/");
  return { os, architecture, ...(variant !== undefined && { variant }) };
}

const same = (a: string, b: string) => platformIdentity(parsePlatform(a)) === platformIdentity(parsePlatform(b));

/** Platforms as an input may have them: known names in any spelling, unknown ones, odd versions and features. */
const platforms: fc.Arbitrary<Platform> = fc.record(
  {
    os: fc.oneof(fc.constantFrom("linux", "Linux", "macOS", "windows"), fc.stringMatching(/^[A-Za-z0-9_-]{1,6}$/)),
    architecture: fc.oneof(
      fc.constantFrom("amd64", "x86_64", "arm64", "aarch64", "arm", "armhf", "armel", "i386", "constructor"),
      fc.stringMatching(/^[A-Za-z0-9_.-]{1,6}$/),
    ),
    variant: fc.oneof(
      fc.constantFrom("", "v1", "v2", "5", "7", "8", "v8.0", "V9", "v9.0"),
      fc.stringMatching(/^v[0-9.]{1,3}$/),
    ),
    "os.version": fc.oneof(
      fc.constantFrom("", "10.0.20348.1", "1+2", "50%", "a/b", "(é)"),
      fc.string({ maxLength: 5 }),
    ),
    "os.features": fc.array(fc.oneof(fc.constantFrom("win32k", "a+b", "%", ")"), fc.string({ maxLength: 3 })), {
      maxLength: 3,
    }),
  },
  { requiredKeys: ["os", "architecture"] },
);

describe("vectors of containerd/platforms", () => {
  it("are 415", () => {
    const pairs = [
      ...strict.flatMap((row) => [...row.same, ...row.other]),
      ...runs.flatMap((row) => [...row.runs, ...row.not]),
    ];
    const single = [parsed, spelled, parseDeviations, ofMachine, refused, normalised].map((rows) => rows.length);
    assert.equal(pairs.length + single.reduce((sum, rows) => sum + rows, 0), 415);
  });

  for (const [input, platform, text] of [...parsed, ...spelled]) {
    it(`parsePlatform reads ${input}`, () => {
      assert.deepEqual(parsePlatform(input), platform);
    });

    it(`formatPlatform writes ${input} as ${text}`, () => {
      assert.equal(formatPlatform(platform), text);
    });
  }

  for (const { input, ours, text } of parseDeviations) {
    it(`parsePlatform differs for ${input}: it drops nothing that the text names, and sorts features`, () => {
      assert.deepEqual(parsePlatform(input), ours);
    });

    it(`formatPlatform agrees for ${input} all the same`, () => {
      assert.equal(formatPlatform(parsePlatform(input)), text);
    });
  }

  for (const input of ofMachine) {
    it(`parsePlatform refuses ${input}, which depends on the machine that reads it`, () => {
      refuses(() => parsePlatform(input));
    });
  }

  for (const input of refused) {
    it(`parsePlatform refuses ${JSON.stringify(input)}`, () => {
      refuses(() => parsePlatform(input));
    });
  }

  for (const [input, expected] of normalised) {
    it(`normalizePlatform makes ${input} ${expected}`, () => {
      assert.deepEqual(normalizePlatform(literal(input)), literal(expected));
    });
  }

  for (const { platform, same: equal, other } of strict) {
    for (const text of equal) {
      it(`platformIdentity takes ${text} for ${platform}`, () => {
        assert.ok(same(platform, text));
      });
    }
    for (const text of other) {
      it(`platformIdentity tells ${text} from ${platform}`, () => {
        assert.ok(!same(platform, text));
      });
    }
  }

  for (const { machine, runs: able, not } of runs) {
    // What a machine runs beside its own platform is less demanding, as far as it is of its architecture.
    const ofArchitecture = (text: string) => text.split("/", 2).join() === machine.split("/", 2).join();
    for (const text of able) {
      const less = ofArchitecture(text) && !same(machine, text);
      it(`isMoreDemanding says ${less} for ${machine} over ${text}`, () => {
        assert.equal(isMoreDemanding(parsePlatform(machine), parsePlatform(text)), less);
      });
    }
    for (const text of not) {
      it(`isMoreDemanding says false for ${machine} over ${text}`, () => {
        assert.equal(isMoreDemanding(parsePlatform(machine), parsePlatform(text)), false);
      });
    }
  }
});

describe("parsePlatform", () => {
  const wrong: readonly (readonly [text: string, message: RegExp])[] = [
    ["linux", /"linux" is not a platform\. Write os\/architecture\[\/variant\]/],
    ["linux/amd64/v1/x", /is not a platform/],
    ["linux(a++b)/amd64", /a feature is empty/],
    ["linux(%zz)/amd64", /percent sign/],
    ["linux(%ff)/amd64", /percent sign/],
    ["linux(1%0A2)/amd64", /os\.version is missing or malformed/],
    ["linux(+%1b[31m)/amd64", /is not a platform/],
    ["linux/amd64\n", /is not a platform/],
    ["lin.ux/amd64", /is not a platform/],
  ];
  for (const [text, message] of wrong) {
    it(`says what is wrong with ${JSON.stringify(text)}`, () => {
      refuses(() => parsePlatform(text), message);
    });
  }

  it("reads back what formatPlatform writes, as the same platform", () => {
    fc.assert(
      fc.property(platforms, (platform) => {
        assert.deepEqual(normalizePlatform(parsePlatform(formatPlatform(platform))), normalizePlatform(platform));
      }),
    );
  });

  it("security row 22: throws nothing but ERR_PLATFORM_INVALID, whatever the text", () => {
    const pieces = fc.constantFrom("linux", "arm", "/", "(", ")", "+", "%", "%41", "v7", ".", " ", "é", "__proto__");
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: "binary" }),
          fc.array(pieces).map((all) => all.join("")),
        ),
        (text) => {
          try {
            parsePlatform(text);
          } catch (error) {
            assert.ok(hasCode(error, "ERR_PLATFORM_INVALID"), String(error));
          }
        },
      ),
    );
  });

  for (const unit of ["a", "/", "(", "+", "a+", "%", "%41", "a/", ")("]) {
    it(`security row 22: refuses half a million of ${JSON.stringify(unit)} with a short message`, () => {
      assert.throws(
        () => parsePlatform(`linux(${unit.repeat(500_000)}`),
        (error) => hasCode(error, "ERR_PLATFORM_INVALID") && error.message.length < 800,
      );
    });
  }
});

describe("platformFrom", () => {
  it("takes text and object alike", () => {
    assert.deepEqual(
      platformFrom({ os: "Linux", architecture: "aarch64", variant: "8", "os.version": "", "os.features": [] }),
      platformFrom("linux/arm64/v8"),
    );
  });

  it("keeps version and features", () => {
    const platform = { os: "windows", architecture: "amd64", "os.version": "10.0.20348.1", "os.features": ["win32k"] };
    assert.deepEqual(platformFrom(platform), platform);
  });

  const wrong: readonly (readonly [json: string, message: RegExp])[] = [
    ["null", /"null" is not a platform/],
    ["7", /"7" is not a platform/],
    ["[]", /os is missing/],
    ['{"architecture":"amd64"}', /os is missing/],
    ['{"os":"linux"}', /architecture is missing/],
    ['{"os":"linux/amd64","architecture":"amd64"}', /os is missing or malformed/],
    ['{"os":"linux","architecture":"a/b"}', /architecture is missing or malformed/],
    ['{"os":"linux","architecture":"arm","variant":7}', /variant is missing or malformed/],
    ['{"os":"linux","architecture":"arm","os.version":7}', /os\.version is missing or malformed/],
    ['{"os":"linux","architecture":"arm","os.features":"a"}', /os\.features is missing or malformed/],
    ['{"os":"windows","architecture":"amd64","osVersion":"10"}', /no field \\?"osVersion/],
  ];
  for (const [json, message] of wrong) {
    it(`says what is wrong with ${json}`, () => {
      refuses(() => platformFrom(JSON.parse(json)), message);
    });
  }
});

describe("normalizePlatform", () => {
  it("changes nothing the second time", () => {
    fc.assert(
      fc.property(platforms, (platform) => {
        const once = normalizePlatform(platform);
        assert.deepEqual(normalizePlatform(once), once);
      }),
    );
  });

  it("sorts features and drops repeated and empty ones", () => {
    assert.deepEqual(
      normalizePlatform({ os: "linux", architecture: "amd64", "os.features": ["b", "", "a", "b"] })["os.features"],
      ["a", "b"],
    );
  });

  it("leaves the given platform alone", () => {
    const platform: Platform = Object.freeze({
      os: "linux",
      architecture: "arm",
      "os.features": Object.freeze(["b", "a"]),
    });
    normalizePlatform(platform);
    assert.deepEqual(platform["os.features"], ["b", "a"]);
  });
});

describe("platformIdentity", () => {
  it("is equal for two platforms exactly when their texts are, and when they normalise to the same", () => {
    fc.assert(
      fc.property(platforms, platforms, (a, b) => {
        const equal = JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));
        assert.equal(platformIdentity(a) === platformIdentity(b), equal);
        assert.equal(formatPlatform(a) === formatPlatform(b), equal);
      }),
    );
  });

  it("tells apart what a registry's document may hold in the wrong field", () => {
    const texts = [
      { os: "linux", architecture: "arm/v7" },
      { os: "linux/arm", architecture: "v7" },
      { os: "linux", architecture: "arm", variant: "v7" },
      { os: "linux(1)", architecture: "arm" },
      { os: "linux", architecture: "arm", "os.version": "1" },
      { os: "linux", architecture: "arm", "os.version": "1+a" },
      { os: "linux", architecture: "arm", "os.version": "1", "os.features": ["a"] },
    ].map(platformIdentity);
    assert.equal(new Set(texts).size, texts.length);
  });
});

function sorted(platform: Platform): unknown {
  const { os, architecture, variant, ...options } = normalizePlatform(platform);
  return [os, architecture, variant, options["os.version"], options["os.features"]];
}

describe("isUnknownPlatform", () => {
  it("knows BuildKit's unknown/unknown", () => {
    assert.ok(isUnknownPlatform({ os: "unknown", architecture: "unknown" }));
  });

  for (const text of ["unknown/amd64", "linux/unknown"]) {
    it(`does not take ${text}`, () => {
      assert.ok(!isUnknownPlatform(literal(text)));
    });
  }
});

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
