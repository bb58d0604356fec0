import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { createStack, type Stack } from "../support/pulumi";

const program = `
const pulumi = require("@pulumi/pulumi");
const config = new pulumi.Config();
exports.greeting = process.env.GREETING + " " + config.require("name");
exports.password = config.requireSecret("password");
`;

describe("createStack", function () {
  this.timeout(120_000);
  let stack: Stack;
  before(async () => {
    stack = await createStack({
      program,
      config: { name: "world" },
      secretConfig: { password: "canary-7f3a" },
      environment: { GREETING: "hello" },
    });
  });
  after(() => stack.dispose());

  it("runs a program with its configuration and environment", async () => {
    const { code, stdout } = await stack.up();
    assert.equal(code, 0, stdout);
    assert.match(stdout, /greeting: "hello world"/);
  });

  it("shows the whole of what the backend keeps, in which a secret is encrypted", async () => {
    const text = await stack.checkpointText();
    assert.ok(text.includes("hello world"));
    assert.ok(!text.includes("canary-7f3a"));
  });

  it("tells by the exit code that a program failed", async () => {
    await stack.setProgram(`throw new Error("on purpose")`);
    const { code, stdout } = await stack.preview();
    await stack.setProgram(program);
    assert.notEqual(code, 0);
    assert.match(stdout, /on purpose/);
  });

  it("previews as JSON", async () => {
    const { stdout } = await stack.preview({ json: true });
    assert.deepEqual(JSON.parse(stdout).changeSummary, { same: 1 });
  });

  it("leaves nothing behind", async () => {
    const other = await createStack({ program: "" });
    await other.dispose();
    assert.equal(existsSync(other.directory), false);
  });
});
