import * as assert from "node:assert/strict";
import * as fc from "fast-check";
import { hasCode } from "../../../provider/errors";
import {
  formatPlatform,
  isUnknownPlatform,
  normalizePlatform,
  type Platform,
  parsePlatform,
  platformFrom,
  platformIdentity,
} from "../../../provider/oci/platform";
import { isMoreDemanding } from "../../../provider/oci/platformComparison";
import { literal, platforms } from "./platforms";
import { normalised, ofMachine, parseDeviations, parsed, refused, runs, spelled, strict } from "./vectors/platform";

/** Asserts that a platform input is refused with the typed error, and with a message that matches. */
function refuses(run: () => unknown, message = /Write os\/architecture\[\/variant\]/): void {
  assert.throws(run, (error) => hasCode(error, "ERR_PLATFORM_INVALID") && message.test(error.message));
}

const same = (a: string, b: string) => platformIdentity(parsePlatform(a)) === platformIdentity(parsePlatform(b));

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
