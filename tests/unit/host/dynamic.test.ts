import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { inspect } from "node:util";
import type { dynamic } from "@pulumi/pulumi";
import { ProviderError } from "../../../provider/errors";
import { dynamicProvider, type Host } from "../../../provider/host/dynamic";
import type { Context } from "../../../provider/resources/context";
import type { Lifecycle } from "../../../provider/resources/lifecycle";
import { PartialFailure } from "../../../provider/resources/lifecycle";
import { type HandlerName, providerText } from "../../../sdk/provider";
import { startProcess } from "../../support/context";
import { unexpected, unexpectedLifecycle } from "../../support/noCalls";

const text = "exports.handler=()=>require('pulumi-multiarch/provider').multiArchImage;";
const inputs = { __provider: text, tags: ["1.0"] };

/** A host that gives each call this context. */
function hostWith(context: (urn: string | undefined) => Context): Host {
  return { call: async (urn, work) => work(context(urn)), configure: unexpected };
}

/** The handler of a lifecycle of which only some calls are made; all others fail. */
function handler(calls: Partial<Lifecycle>): Required<dynamic.ResourceProvider> {
  const host = hostWith(() => startProcess().context);
  const {
    configure,
    check,
    diff,
    create,
    read,
    update,
    delete: remove,
  } = dynamicProvider(() => ({ ...unexpectedLifecycle, ...calls }), host);
  if (configure && check && diff && read && update && remove) {
    return { configure, check, diff, create, read, update, delete: remove };
  }
  return assert.fail("a call is missing");
}

const failing = async () => {
  throw new ProviderError("ERR_INPUT_INVALID", "tags[0]: no tag, said https://ci:hunter2@localhost", {
    path: "tags[0]",
  });
};

const noDetails = { id: undefined, properties: undefined, reasons: undefined };

async function thrownBy(work: Promise<unknown>): Promise<Error> {
  try {
    await work;
  } catch (error) {
    if (error instanceof Error) return error;
  }
  return assert.fail("no error was thrown");
}

describe("dynamicProvider", () => {
  const holes = { a: undefined, b: { c: undefined, d: [1, undefined] }, e: null };
  const filled = { b: { d: [1, null] }, e: null };

  it("leaves out what is undefined, at any depth, from every result: the engine would fail on it after the push", async () => {
    const live = { id: "id", state: holes };
    const { check, create, read, update } = handler({
      check: async () => ({ inputs: holes, failures: [] }),
      create: async () => live,
      read: async () => ({ ...live, inputs: holes }),
      update: async () => live,
    });
    assert.deepEqual(await check({}, inputs), { inputs: filled, failures: [] });
    assert.deepEqual(await create(inputs), { id: "id", outs: filled });
    assert.deepEqual(await read("id", inputs), { id: "id", props: filled, inputs: filled });
    assert.deepEqual(await update("id", inputs, inputs), { outs: filled });
  });

  it("answers a check that fails with the message alone, under no property: the engine would print its value", async () => {
    const { failures } = await handler({ check: failing }).check({}, inputs);
    assert.deepEqual(failures, [{ property: "", reason: "tags[0]: no tag, said https://[redacted]@localhost" }]);
  });

  it("passes the failures of a check on", async () => {
    const failures = [{ property: "", reason: "no" }];
    assert.deepEqual(
      (await handler({ check: async () => ({ inputs, failures }) }).check({}, inputs)).failures,
      failures,
    );
  });

  it("tells the engine that a resource is gone by an empty answer", async () => {
    assert.deepEqual(await handler({ read: async () => undefined }).read("id", inputs), {});
  });

  it("passes on what diff decides", async () => {
    const result = { changes: true, replaces: ["repository"] };
    assert.deepEqual(await handler({ diff: async () => result }).diff("id", inputs, inputs), result);
  });

  const calls: Record<string, (provider: Required<dynamic.ResourceProvider>) => Promise<unknown>> = {
    diff: (provider) => provider.diff("id", inputs, inputs),
    create: (provider) => provider.create(inputs),
    read: (provider) => provider.read("id", inputs),
    update: (provider) => provider.update("id", inputs, inputs),
    delete: (provider) => provider.delete("id", inputs),
  };
  for (const [name, call] of Object.entries(calls)) {
    it(`security row 15: throws from ${name} a redacted message without a stack, which the server would print`, async () => {
      const provider = handler({ diff: failing, create: failing, read: failing, update: failing, delete: failing });
      const error = await thrownBy(call(provider));
      assert.equal(error.message, "tags[0]: no tag, said https://[redacted]@localhost");
      assert.equal(error.stack, "");
      assert.equal(inspect(error).includes("hunter2"), false);
    });
  }

  for (const name of ["create", "update"] as const) {
    it(`records what ${name} did before it failed, with the text that finds the provider again`, async () => {
      const partial = async () => {
        throw new PartialFailure({ id: "id", state: { createdTags: ["1.0"], drift: undefined } }, [
          "latest: refused",
          "2.0: refused",
        ]);
      };
      const provider = handler({ create: partial, update: partial });
      const error = await thrownBy(name === "create" ? provider.create(inputs) : provider.update("id", {}, inputs));
      const { id, properties, reasons, message } = { ...noDetails, ...error, message: error.message };
      assert.deepEqual(
        { id, properties, reasons, message },
        {
          id: "id",
          properties: { createdTags: ["1.0"], __provider: text },
          reasons: ["latest: refused", "2.0: refused"],
          message: "latest: refused\n2.0: refused",
        },
      );
    });
  }

  it("tells what each call warns of at the resource that the program named to check, and the state nothing of it", async () => {
    const told: unknown[] = [];
    const calls: readonly (keyof Lifecycle)[] = ["check", "create", "read", "update", "delete"];
    const warning = (call: string) => async (context: Context) => {
      context.warn(call);
      return { id: "id", state: inputs, inputs };
    };
    const lifecycle: Lifecycle = {
      check: async (context) => {
        context.warn("check");
        return { inputs: { tags: inputs.tags }, failures: [] };
      },
      diff: async () => ({ changes: true, replaces: [] }),
      create: warning("create"),
      read: warning("read"),
      update: warning("update"),
      delete: async (context) => context.warn("delete"),
    };
    const context = (urn: string | undefined) => ({
      ...startProcess().context,
      warn: (text: string) => told.push([text, urn]),
    });
    const provider = dynamicProvider(() => lifecycle, hostWith(context));
    const checked = await provider.check?.({}, { ...inputs, resourceUrn: "urn" });
    assert.deepEqual(checked?.inputs, { tags: inputs.tags });
    await provider.create(inputs);
    await provider.diff?.("id", {}, inputs);
    await provider.read?.("id", inputs);
    await provider.update?.("id", {}, inputs);
    await provider.delete?.("id", inputs);
    assert.deepEqual(
      told,
      calls.map((call) => [call, "urn"]),
    );
  });

  it("tells what it cannot place at the stack", async () => {
    const told: unknown[] = [];
    const context = (urn: string | undefined) => {
      told.push(urn);
      return startProcess().context;
    };
    const provider = dynamicProvider(() => ({ ...unexpectedLifecycle, delete: async () => {} }), hostWith(context));
    await provider.delete?.("id", inputs);
    assert.deepEqual(told, [undefined]);
  });

  it("places what a resource that is only read warns of by the program's inputs, and keeps none of them", async () => {
    const told: unknown[] = [];
    const context = (urn: string | undefined) => {
      told.push(urn);
      return startProcess().context;
    };
    const read: Lifecycle["read"] = async (_context, id, state) => ({ id, state, inputs: state });
    const provider = dynamicProvider(() => ({ ...unexpectedLifecycle, read }), hostWith(context));
    const found = await provider.read?.("id", { ...inputs, resourceUrn: "urn" });
    assert.deepEqual([told, found?.props], [["urn"], inputs]);
  });

  it("hands the stack's configuration over", async () => {
    const seen: unknown[] = [];
    const configure = (config: dynamic.Config) => {
      seen.push(config.get("user"));
    };
    const provider = dynamicProvider(() => unexpectedLifecycle, {
      ...hostWith(() => startProcess().context),
      configure,
    });
    await provider.configure?.({ config: { get: (key: string) => `value of ${key}`, require: String } });
    assert.deepEqual(seen, ["value of user"]);
  });
});

describe("the text in state", () => {
  const dynamicServer = createRequire(require.resolve("@pulumi/pulumi/cmd/dynamic-provider/index.js"));
  const requireFromString: (text: string) => { handler: () => unknown } = dynamicServer("require-from-string");

  const texts: readonly (readonly [HandlerName, string])[] = [
    ["registry", "exports.handler=()=>require('pulumi-multiarch/provider').registry;"],
    ["platformImage", "exports.handler=()=>require('pulumi-multiarch/provider').platformImage;"],
    ["multiArchImage", "exports.handler=()=>require('pulumi-multiarch/provider').multiArchImage;"],
  ];
  for (const [name, golden] of texts) {
    it(`of ${name} is what it has always been`, () => {
      assert.equal(providerText(name), golden);
    });

    it(`of ${name} finds the handler, in states of every age`, () => {
      const found = Object(requireFromString(golden).handler());
      for (const call of ["configure", "check", "diff", "create", "read", "update", "delete"]) {
        assert.equal(typeof found[call], "function", call);
      }
    });
  }
});
