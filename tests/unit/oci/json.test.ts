import assert from "node:assert/strict";
import fc from "fast-check";
import { hasCode, isProviderError } from "../../../provider/errors";
import {
  arrayField,
  arrayOf,
  asObject,
  asSize,
  asString,
  field,
  optionalString,
  parseJson,
  recordOf,
  stringField,
} from "../../../provider/oci/json";

const megabyte = 1024 * 1024;

function parse(text: string | Uint8Array, limit = megabyte): unknown {
  return parseJson(Buffer.from(text), "token answer", limit);
}

function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

describe("parseJson", () => {
  it("gives the values that the text holds", () => {
    const text = '{"a": [1, true, null, "\\u00e9é"], "b": {"c": {}}}';
    assert.deepEqual(plain(parse(text)), { a: [1, true, null, "éé"], b: { c: {} } });
  });

  it("agrees with JSON.parse on every object that JSON.stringify writes", () => {
    const values = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 4 }), { noNullPrototype: true });
    fc.assert(
      fc.property(values, fc.constantFrom(undefined, 2, "\t"), (value, space) => {
        assert.deepEqual(plain(parse(JSON.stringify(value, undefined, space))), plain(value));
      }),
    );
  });

  it("security row 6: refuses content over the limit with both sizes in bytes", () => {
    assert.throws(
      () => parse('"é"', 3),
      (error) => hasCode(error, "ERR_CONTENT_TOO_LARGE") && error.details.limit === 3 && error.details.actual === 4,
    );
  });

  it("takes content of exactly the limit", () => {
    assert.equal(parse('"é"', 4), "é");
  });

  const invalid: readonly (readonly [string, string | Uint8Array])[] = [
    ["nothing", ""],
    ["a cut text", '{"a": "b'],
    ["a trailing backslash", '"\\'],
    ["two values", "{} {}"],
    ["a comment", "{} // no"],
    ["a byte order mark", "\ufeff{}"],
    ["bytes that are not UTF-8", Uint8Array.of(0x22, 0xff, 0x22)],
    ["an encoded surrogate", Uint8Array.of(0x22, 0xed, 0xa0, 0x80, 0x22)],
    ["an overlong encoding", Uint8Array.of(0x22, 0xc0, 0xaf, 0x22)],
  ];
  for (const [name, bytes] of invalid) {
    it(`refuses ${name}`, () => {
      assert.throws(
        () => parse(bytes),
        (error) => hasCode(error, "ERR_CONTENT_INVALID") && error.message.startsWith("token answer is not "),
      );
    });
  }

  it("keeps the text out of the error, because it may hold a credential", () => {
    assert.throws(
      () => parse('{"password": hunter2}'),
      (error) => hasCode(error, "ERR_CONTENT_INVALID") && error.cause === undefined && !/hunter2/.test(error.message),
    );
  });

  it("throws nothing but ProviderErrors, whatever the bytes", () => {
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array(), fc.json().map(Buffer.from), fc.string().map(Buffer.from)), (bytes) => {
        try {
          parse(bytes);
        } catch (error) {
          assert.ok(isProviderError(error));
        }
      }),
    );
  });

  describe("when a key of the outermost object is repeated", () => {
    const repeated = [
      '{"layers": [], "layers": []}',
      '{"layers": [], "config": {"layers": 1}, "l\\u0061yers" : 2}',
      '{"": 1, "": 2}',
      '{"__proto__": 1, "__proto__": 2}',
    ];
    for (const text of repeated) {
      it(`security row 5: refuses ${text}`, () => {
        assert.throws(
          () => parse(text),
          (error) => hasCode(error, "ERR_CONTENT_INVALID") && /twice/.test(error.message),
        );
      });
    }

    const distinct = ['{"a": "a", "b": "a"}', '{"a": {"b": 1}, "b": {"b": 1}}', '{"a": "\\"b\\": {", "b": ["b", "b"]}'];
    for (const text of distinct) {
      it(`takes ${text}, where none is`, () => {
        assert.deepEqual(plain(parse(text)), JSON.parse(text));
      });
    }
  });

  describe("security row 22", () => {
    it("security row 22: takes 32 levels of nesting", () => {
      assert.ok(Array.isArray(parse("[".repeat(32) + "]".repeat(32))));
    });

    for (const text of [`${"[".repeat(33)}${"]".repeat(33)}`, '{"a":'.repeat(200_000), `[1,${"[".repeat(500_000)}`]) {
      it(`security row 22: refuses more than 32 levels of nesting in ${text.length} characters`, () => {
        assert.throws(
          () => parse(text, 4 * megabyte),
          (error) => hasCode(error, "ERR_CONTENT_INVALID") && /levels deep/.test(error.message),
        );
      });
    }

    it("security row 22: does not count brackets inside strings", () => {
      assert.equal(parse(`"${"[{".repeat(100)}\\"["`), `${"[{".repeat(100)}"[`);
    });

    it("security row 22: gives a key __proto__ no meaning", () => {
      const object = asObject(parse('{"__proto__": {"mediaType": "evil"}, "constructor": 1}'), "x:");
      assert.equal(optionalString(object, "mediaType"), undefined);
      assert.deepEqual(Object.keys(object.fields), ["__proto__", "constructor"]);
    });

    it("security row 22: finds no field that objects inherit", () => {
      assert.throws(() => field(asObject({}, "x:"), "toString", (value) => value), /x: toString is missing/);
    });

    it("security row 22: scans 4 MiB of unfinished strings, escapes and spaces in one pass", () => {
      const started = process.cpuUsage().user;
      for (const piece of ['"a" ', '{"a"  ', '"\\', '" \t\n\r'])
        assert.throws(() => parse(piece.repeat((4 * megabyte) / piece.length), 4 * megabyte));
      assert.ok(process.cpuUsage().user - started < 5_000_000);
    });
  });
});

describe("readers of JSON fields", () => {
  const wrong: readonly (readonly [string, () => unknown, string])[] = [
    ["an object", () => asObject([], "auths"), "auths must be an object, but is an array."],
    ["a whole content", () => asObject(null, "config:"), "config: must be an object, but is null."],
    ["a missing field", () => stringField(asObject({}, "config:"), "os"), "config: os is missing."],
    ["a null field", () => stringField(asObject({ os: null }, "config:"), "os"), "config: os is missing."],
    [
      "a nested field",
      () => stringField(asObject({ a: true }, "images[1]"), "a"),
      "images[1].a must be a string, but is boolean.",
    ],
    ["an array's item", () => arrayOf(asString)(["a", 7], "tags"), "tags[1] must be a string, but is the number 7."],
    [
      "a record's value",
      () => recordOf(asString)({ 'a"': {} }, "labels"),
      'labels["a\\""] must be a string, but is object.',
    ],
  ];
  for (const [name, read, message] of wrong) {
    it(`name the path of ${name}`, () => {
      assert.throws(read, (error) => hasCode(error, "ERR_CONTENT_INVALID") && error.message === message);
    });
  }

  for (const value of [-1, 0.5, 2 ** 53, Number.NaN, "1", true]) {
    it(`take ${JSON.stringify(value)} (${typeof value}) for no size`, () => {
      assert.throws(
        () => asSize(value, "size"),
        (error) => hasCode(error, "ERR_CONTENT_INVALID"),
      );
    });
  }

  it("take every whole number up to 2^53 - 1 for a size", () => {
    assert.deepEqual(
      [0, 1, Number.MAX_SAFE_INTEGER].map((size) => asSize(size, "size")),
      [0, 1, Number.MAX_SAFE_INTEGER],
    );
  });

  it("take null or a missing field for an empty array, as Go does", () => {
    assert.deepEqual(arrayField(asObject({ layers: null }, "x:"), "layers", asString), []);
    assert.deepEqual(arrayField(asObject({}, "x:"), "layers", asString), []);
  });

  it("keep a record's key __proto__ as a key", () => {
    const record = recordOf(asString)(parse('{"__proto__": "a", "b": "c"}'), "annotations");
    assert.deepEqual(Object.entries(record), [
      ["__proto__", "a"],
      ["b", "c"],
    ]);
  });
});
