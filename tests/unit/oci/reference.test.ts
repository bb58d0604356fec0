import * as assert from "node:assert/strict";
import * as fc from "fast-check";
import { hasCode } from "../../../provider/errors";
import {
  formatReference,
  isLoopbackAddress,
  parseReference,
  parseRegistryAddress,
  parseRepository,
  parseTag,
  referenceTo,
} from "../../../provider/oci/reference";
import { addressDeviations, addresses, referenceDeviations, references } from "./vectors/reference";

const digest = `sha256:${"0".repeat(64)}`;

/** Asserts that a parser refuses a text with the typed error, and with a message that matches. */
function refuses(parse: (text: string) => unknown, text: string, message = /The form is/): void {
  assert.throws(
    () => parse(text),
    (error) => hasCode(error, "ERR_REFERENCE_INVALID") && message.test(error.message),
  );
}

describe("referenceTo", () => {
  it("puts a colon before a tag, and an at sign before a digest", () => {
    assert.equal(referenceTo("localhost:5000/team/server", "1.0"), "localhost:5000/team/server:1.0");
    assert.equal(referenceTo("localhost:5000/team/server", digest), `localhost:5000/team/server@${digest}`);
  });
});

describe("vectors of distribution/reference", () => {
  it("are 273", () => {
    const rows = references.flatMap(({ accepted, refused }) => [...accepted, ...refused]);
    const ofAddresses = [...addresses.accepted, ...addresses.refused, ...addressDeviations];
    assert.equal(rows.length + referenceDeviations.length + ofAddresses.length, 273);
  });

  for (const { source, accepted, refused } of references) {
    describe(`parseReference on ${source}`, () => {
      for (const [input, canonical] of accepted) {
        it(`reads ${input.slice(0, 80)}`, () => {
          assert.equal(formatReference(parseReference(input)), canonical);
        });
      }
      for (const input of refused) {
        it(`refuses ${JSON.stringify(input.slice(0, 80))}`, () => {
          refuses(parseReference, input);
        });
      }
    });
  }

  describe("parseReference where it differs", () => {
    for (const { input, ours, why } of referenceDeviations) {
      it(`${input}: ${why}`, () => {
        if (ours === undefined) refuses(parseReference, input);
        else assert.equal(formatReference(parseReference(input)), ours);
      });
    }
  });

  describe("parseRegistryAddress on regexp_test.go TestDomainRegexp", () => {
    for (const input of addresses.accepted) {
      it(`takes ${input}`, () => {
        assert.equal(parseRegistryAddress(input), input);
      });
    }
    for (const input of addresses.refused) {
      it(`refuses ${input}`, () => {
        refuses(parseRegistryAddress, input);
      });
    }
    for (const { input, ours, why } of addressDeviations) {
      it(`differs for ${input}: ${why}`, () => {
        if (ours === undefined) refuses(parseRegistryAddress, input);
        else assert.equal(parseRegistryAddress(input), ours);
      });
    }
  });
});

describe("parseReference", () => {
  it("returns address, repository, tag and digest apart", () => {
    assert.deepEqual(parseReference(`r.example:5000/team/server:1.4.0@${digest}`), {
      address: "r.example:5000",
      repository: "team/server",
      tag: "1.4.0",
      digest,
    });
  });

  it("invents no tag", () => {
    assert.deepEqual(parseReference("ubuntu"), { address: "docker.io", repository: "library/ubuntu" });
  });

  for (const host of ["docker.io", "index.docker.io", "registry-1.docker.io", "INDEX.docker.io"]) {
    it(`knows ${host} as Docker Hub`, () => {
      assert.equal(formatReference(parseReference(`${host}/ubuntu`)), "docker.io/library/ubuntu");
    });
  }

  it("takes sha512 digests", () => {
    const sha512 = `sha512:${"0".repeat(128)}`;
    assert.equal(parseReference(`r.example/a@${sha512}`).digest, sha512);
  });

  it("takes an Azure login server as the host it is", () => {
    assert.equal(parseReference("example.azurecr.io/a").address, "example.azurecr.io");
  });

  const wrong: readonly (readonly [text: string, message: RegExp])[] = [
    ["", /it is empty/],
    ["https://r.example/a", /leave the scheme/],
    ["oci://r.example/a", /leave the scheme/],
    ["r.example/a b", /white space/],
    ["r.example/a\n", /white space/],
    ["r.example/a\u0000", /control characters/],
    ["r.example/%2e%2e/a", /holds "%"/],
    ["r.example/a?x=1", /holds "\?"/],
    ["r.example/a#x", /holds "#"/],
    ["r.example\\a/b", /holds "\\\\"/],
    ["r.example/../a", /holds "\.\."/],
    ["r.example/a:1..2", /holds "\.\."/],
    ["r.example/Team/a", /lower case/],
    [`r.example/${"a".repeat(256)}`, /more than 255/],
    [`r.example/a:${"1".repeat(129)}`, /1 to 128/],
    ["r.example/a:", /a tag has/],
    ["r.example/a:.1", /a tag has/],
    ["r.example/a@sha256:abc", /not a digest/],
    [`r.example/a@${digest}@${digest}`, /more than once/],
    ["r.example:0/a", /within 1 and 65535/],
    ["r.example:65536/a", /within 1 and 65535/],
    ["1.2.3.4.5/a", /not a name or IP address/],
    ["[::1::2]/a", /not a name or IP address/],
    ["r_example.com:5000/a", /letters, digits/],
  ];
  for (const [text, message] of wrong) {
    it(`security row 10: says what is wrong with ${JSON.stringify(text.slice(0, 60))}`, () => {
      refuses(parseReference, text, message);
    });
  }

  it("security row 15: shows no user name or password that was typed before a host", () => {
    for (const text of [
      "https://me:hunter22@r.example/a",
      "me:hunter22@r.example/a",
      `me:hunter22@r.example/a@${digest}`,
    ]) {
      assert.throws(
        () => parseReference(text),
        (error) =>
          hasCode(error, "ERR_REFERENCE_INVALID") && !`${error.message}${error.details.reference}`.includes("hunter22"),
      );
    }
  });

  it("reads back what formatReference writes", () => {
    const component = fc.stringMatching(/^[a-z0-9]{1,8}(?:(?:[._]|__|-{1,3})[a-z0-9]{1,4}){0,2}$/);
    const reference = fc.record(
      {
        address: fc.constantFrom("docker.io", "r.example", "localhost", "r.example:5000", "[::1]:443", "127.0.0.1"),
        // Two components at least: Docker Hub has no repository of one.
        repository: fc.array(component, { minLength: 2, maxLength: 4 }).map((components) => components.join("/")),
        tag: fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9_-]{0,20}$/),
        digest: fc.stringMatching(/^sha256:[a-f0-9]{64}$/),
      },
      { requiredKeys: ["address", "repository"] },
    );
    fc.assert(
      fc.property(reference, (expected) => {
        assert.deepEqual(parseReference(formatReference(expected)), { ...expected });
      }),
    );
  });
});

describe("parseRegistryAddress", () => {
  const canonical: readonly (readonly [text: string, address: string])[] = [
    ["R.Example.COM", "r.example.com"],
    ["r.example.com:443", "r.example.com:443"],
    ["registry:5000", "registry:5000"],
    ["localhost", "localhost"],
    ["index.docker.io", "docker.io"],
    ["registry-1.docker.io", "docker.io"],
    ["example.azurecr.io", "example.azurecr.io"],
    ["[2001:0DB8:0:0:0:0:0:1]:5000", "[2001:db8::1]:5000"],
    ["127.1:5000", "127.0.0.1:5000"],
    ["r.example:05000", "r.example:5000"],
  ];
  for (const [text, address] of canonical) {
    it(`reads ${text} as ${address}`, () => {
      assert.equal(parseRegistryAddress(text), address);
    });
  }

  const wrong: readonly (readonly [text: string, message: RegExp])[] = [
    ["https://r.example", /leave the scheme/],
    ["http://localhost:5000/", /leave the scheme/],
    ["r.example/", /leave out "\/"/],
    ["r.example/team", /repository has an input/],
    ["me@r.example", /leave user name and password out/],
    ["registry", /add its port, for example registry:443/],
    ["r.example:", /malformed/],
    ["::1", /malformed/],
    ["r.example.", /letters, digits/],
    ["r..example", /holds "\.\."/],
    [`${"a.".repeat(200)}b`, /malformed/],
  ];
  for (const [text, message] of wrong) {
    it(`says what is wrong with ${JSON.stringify(text.slice(0, 60))}`, () => {
      refuses(parseRegistryAddress, text, message);
    });
  }

  it("changes nothing when it reads its own result", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.domain(),
          fc.ipV4(),
          fc.ipV6().map((host) => `[${host}]`),
        ),
        fc.nat(65534),
        (host, port) => {
          // Embedded IPv4 is written with dots, which the grammar does not have.
          fc.pre(!/\[.*\./.test(host));
          const address = parseRegistryAddress(`${host}:${port + 1}`);
          assert.equal(parseRegistryAddress(address), address);
        },
      ),
    );
  });
});

describe("isLoopbackAddress", () => {
  for (const address of [
    "localhost",
    "localhost:5000",
    "r.localhost:5000",
    "127.0.0.1",
    "127.9.8.7:80",
    "[::1]:5000",
  ]) {
    it(`takes ${address} as this machine`, () => {
      assert.equal(isLoopbackAddress(address), true);
    });
  }

  for (const address of [
    "localhost.example.com",
    "notlocalhost:5000",
    "127.0.0.1.example.com",
    "1127.0.0.1",
    "r.example/localhost",
    "10.0.0.1:5000",
    "0.0.0.0",
    "[::11]",
    "[::]:5000",
    "r.local",
    "localhost:5000.example.com",
    "docker.io",
  ]) {
    it(`security rows 10 and 12: does not take ${address} as this machine`, () => {
      assert.equal(isLoopbackAddress(address), false);
    });
  }
});

describe("parseRepository", () => {
  for (const name of ["a", "team/server", "a.b_c__d---e/f", "a".repeat(255)]) {
    it(`returns ${name.slice(0, 40)}`, () => {
      assert.equal(parseRepository(name), name);
    });
  }

  for (const name of [
    "",
    "Team",
    "a/",
    "/a",
    "a//b",
    "a:1",
    `a@${digest}`,
    "a/../b",
    "a.",
    "-a",
    "a___b",
    "a b",
    "a".repeat(256),
  ]) {
    it(`security row 10: refuses ${JSON.stringify(name.slice(0, 40))}`, () => {
      refuses(parseRepository, name, /is not a repository name: .*team\/server/);
    });
  }
});

describe("parseTag", () => {
  for (const tag of ["1.4.0", "_", "Latest-1_2", "a".repeat(128)]) {
    it(`returns ${tag.slice(0, 40)}`, () => {
      assert.equal(parseTag(tag), tag);
    });
  }

  for (const tag of ["", ".1", "-1", "a/b", "a:b", "a b", "a..b", "a%2f", "a\n", "é", "a".repeat(129)]) {
    it(`security row 10: refuses ${JSON.stringify(tag.slice(0, 40))}`, () => {
      refuses(parseTag, tag, /is not a tag: /);
    });
  }
});

describe("security row 22: every parser of references", () => {
  const parsers = [parseReference, parseRegistryAddress, parseRepository, parseTag];
  const pieces = fc.constantFrom(
    "a",
    "A",
    "/",
    ":",
    "@",
    ".",
    "-",
    "_",
    "[",
    "]",
    "%",
    "sha256:",
    "localhost",
    "é",
    " ",
  );
  const texts = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.array(pieces).map((all) => all.join("")),
  );

  for (const parse of parsers) {
    it(`${parse.name} throws nothing but ERR_REFERENCE_INVALID, whatever the text`, () => {
      fc.assert(
        fc.property(texts, (text) => {
          try {
            parse(text);
          } catch (error) {
            assert.ok(hasCode(error, "ERR_REFERENCE_INVALID"), String(error));
          }
        }),
      );
    });

    for (const unit of ["a", "a-", "a.", "a_", "-", "/", "a/", ":", "a:", "@", "[", "[:", "1.", "sha256:", "a@"]) {
      it(`${parse.name} refuses half a million of ${JSON.stringify(unit)} with a short message`, () => {
        assert.throws(
          () => parse(`${unit.repeat(500_000)}!`),
          (error) => hasCode(error, "ERR_REFERENCE_INVALID") && error.message.length < 800,
        );
      });
    }
  }
});
