import assert from "node:assert/strict";
import { type DockerConfigForm, parseDockerConfig } from "../../../provider/distribution/dockerConfig";
import { hasCode, messageOf } from "../../../provider/errors";

const encode = (text: string) => Buffer.from(text).toString("base64");
const alice = { kind: "basic", username: "alice", password: "alices-password" };
const auth = encode("alice:alices-password");

const parse = (config: unknown, form?: DockerConfigForm) =>
  parseDockerConfig(Buffer.from(JSON.stringify(config)), "/home/a/.docker/config.json", "r.example.com", form);

function login(config: unknown, address = "r.example.com") {
  return parse(config).login(address);
}

describe("parseDockerConfig", () => {
  const entries: readonly (readonly [title: string, entry: object, expected: unknown])[] = [
    ["a user and a password", { auth }, alice],
    [
      "a password with colons",
      { auth: encode("alice:a:b:c:d") },
      { kind: "basic", username: "alice", password: "a:b:c:d" },
    ],
    ["a user and a password in fields of their own", { username: "alice", password: "alices-password" }, alice],
    [
      "an identity token, before the password",
      { auth: encode("alice:"), identitytoken: "an-identity" },
      { kind: "identityToken", username: "alice", token: "an-identity" },
    ],
    [
      "a registry token, before everything else",
      { auth, identitytoken: "an-identity", registrytoken: "a-token" },
      { kind: "registryToken", token: "a-token" },
    ],
    ["base64 that was wrapped, as `base64` does it", { auth: `${auth.slice(0, 8)}\n${auth.slice(8)}\r\n` }, alice],
    ["nothing in an empty entry, as docker leaves it for its store", {}, undefined],
  ];
  for (const [title, entry, expected] of entries)
    it(`security row 19: reads ${title}`, () => {
      assert.deepEqual(login({ auths: { "r.example.com": entry } }), expected);
    });

  const matching: readonly (readonly [key: string, address: string])[] = [
    ["r.example.com", "r.example.com"],
    ["r.example.com:5000", "r.example.com:5000"],
    ["https://r.example.com", "r.example.com"],
    ["https://r.example.com/v1/", "r.example.com"],
    ["https://r.example.com/v2/", "r.example.com"],
    ["https://r.example.com/team/project", "r.example.com"],
    ["r.example.com/team", "r.example.com"],
    ["http://localhost:5000", "localhost:5000"],
    ["R.Example.COM", "r.example.com"],
    ["https://index.docker.io/v1/", "docker.io"],
    ["index.docker.io", "docker.io"],
    ["registry-1.docker.io", "docker.io"],
    ["docker.io", "docker.io"],
  ];
  for (const [key, address] of matching)
    it(`security row 13: takes the entry ${key} for ${address}`, () => {
      assert.deepEqual(login({ auths: { [key]: { auth } } }, address), alice);
    });

  const foreign: readonly (readonly [key: string, address: string])[] = [
    ["r.example.com.evil.net", "r.example.com"],
    ["xr.example.com", "r.example.com"],
    ["example.com", "r.example.com"],
    ["r.example.com", "example.com"],
    ["r.example.com", "r.example.com:5000"],
    ["r.example.com:5000", "r.example.com"],
    ["https://evil.net/r.example.com", "r.example.com"],
    ["https://index.docker.io/v1/", "r.example.com"],
    ["hub.docker.com", "docker.io"],
    ["", "r.example.com"],
    ["__proto__", "r.example.com"],
  ];
  for (const [key, address] of foreign)
    it(`security row 13: does not take the entry ${JSON.stringify(key)} for ${address}`, () => {
      const auths = Object.fromEntries([[key, { auth }]]);
      assert.equal(login({ auths }, address), undefined);
    });

  describe("with keys of single repositories", () => {
    const entry = (username: string) => ({ username, password: "pw" });
    const auths = {
      "r.example.com": entry("registry"),
      "r.example.com/team": entry("team"),
      "r.example.com/team/server": entry("server"),
      "r.example.com/tea": entry("tea"),
      "other.example.com/team": entry("other"),
    };
    const userOf = (repository: string, config: object, form: DockerConfigForm) => {
      const found = parse(config, form).login("r.example.com", repository);
      return found?.kind === "basic" ? found.username : found?.kind;
    };
    const chosen: readonly (readonly [repository: string, user: string])[] = [
      ["team/server", "server"],
      ["team/server/debug", "server"],
      ["team/servers", "team"],
      ["team", "team"],
      ["teams/server", "registry"],
      ["", "registry"],
    ];
    for (const form of ["docker", "containers"] as const)
      for (const [repository, user] of chosen)
        it(`security row 13: takes the longest key that fits ${repository || "the registry itself"}: ${form}`, () => {
          assert.equal(userOf(repository, { auths }, form), user);
        });

    const elsewhere = { auths: { "r.example.com/team": entry("team") } };
    it("takes a key with another path in docker's own file, as docker does", () => {
      assert.equal(userOf("library/base", elsewhere, "docker"), "team");
    });
    it("takes no key with another path in podman's file", () => {
      assert.equal(userOf("library/base", elsewhere, "containers"), undefined);
    });
    it("lists the paths of one registry", () => {
      assert.deepEqual(parse({ auths }, "containers").paths("r.example.com"), ["team", "team/server", "tea"]);
    });
  });

  it("prefers the entry with the registry's own name to one that means it", () => {
    const other = { auth: encode("bob:bobs-password") };
    assert.deepEqual(login({ auths: { "https://r.example.com/v1/": other, "r.example.com": { auth } } }), alice);
  });

  const helpers: readonly (readonly [title: string, config: object, expected: unknown])[] = [
    ["the common store", { credsStore: "desktop" }, { kind: "helper", helper: "desktop" }],
    [
      "the common store before an entry",
      { credsStore: "desktop", auths: { "r.example.com": { auth } } },
      { kind: "helper", helper: "desktop" },
    ],
    [
      "the registry's own helper before the store",
      { credsStore: "desktop", credHelpers: { "r.example.com": "ecr-login" } },
      { kind: "helper", helper: "ecr-login" },
    ],
    [
      "the entry when the helper is another registry's",
      { credHelpers: { "other.example.com": "ecr-login" }, auths: { "r.example.com": { auth } } },
      alice,
    ],
    [
      "the entry when the registry's own helper is none",
      { credsStore: "desktop", credHelpers: { "r.example.com": "" }, auths: { "r.example.com": { auth } } },
      alice,
    ],
    ["nothing in an empty configuration", {}, undefined],
  ];
  for (const [title, config, expected] of helpers) it(`uses ${title}`, () => assert.deepEqual(login(config), expected));

  const broken: readonly (readonly [title: string, config: unknown])[] = [
    ["a list", []],
    ["auths that are a list", { auths: [] }],
    ["an entry that is a text", { auths: { "r.example.com": "canary" } }],
    ["base64 of another alphabet", { auths: { "r.example.com": { auth: "-_-_" } } }],
    ["base64 without padding", { auths: { "r.example.com": { auth: encode("canary:1").replace(/=+$/, "") } } }],
    ["base64 of a text without a colon", { auths: { "r.example.com": { auth: encode("canary") } } }],
    ["a password that is a number", { auths: { "r.example.com": { username: "a", password: 1 } } }],
    ["an identity token that is an object", { auths: { "r.example.com": { identitytoken: { canary: 1 } } } }],
    ["a store that is a number", { credsStore: 1 }],
    ["a helper that is an object", { credHelpers: { "r.example.com": {} } }],
  ];
  for (const [title, config] of broken)
    it(`security row 19: refuses ${title}, names the file and quotes nothing`, () => {
      assert.throws(
        () => login(config),
        (error) => {
          assert.ok(hasCode(error, "ERR_AUTH"));
          assert.match(error.message, /^\/home\/a\/\.docker\/config\.json /);
          assert.doesNotMatch(error.message, /canary/);
          return true;
        },
      );
    });

  it("security row 15: does not quote what is no JSON, not even in the cause", () => {
    const text = Buffer.from('{"auths": {"r.example.com": {"auth": "canary');
    assert.throws(
      () => parseDockerConfig(text, "config.json", "r.example.com"),
      (error) => error instanceof Error && !/canary/.test(`${messageOf(error)}${error.stack}${String(error.cause)}`),
    );
  });

  const holding: readonly (readonly [title: string, config: object, holdsSecrets: boolean])[] = [
    ["a password", { auths: { a: { auth } } }, true],
    ["an identity token", { auths: { a: { identitytoken: "x" } } }, true],
    ["empty entries only", { auths: { a: {}, b: { auth: "" } }, credsStore: "desktop" }, false],
  ];
  for (const [title, config, holdsSecrets] of holding)
    it(`security row 19: knows whether it holds secrets: ${title}`, () => {
      const parsed = parseDockerConfig(Buffer.from(JSON.stringify(config)), "config.json", "r.example.com");
      assert.equal(parsed.holdsSecrets, holdsSecrets);
    });
});
