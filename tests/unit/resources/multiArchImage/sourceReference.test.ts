import assert from "node:assert/strict";
import { placeOf } from "../../../../provider/resources/multiArchImage/sourceReference";

describe("the connection by which an index reads a repository", () => {
  const connection = (address: string, username: string) => ({ address, credentials: { username, passwordEnv: "P" } });
  const target = { connection: connection("r.example", "push"), repository: "team/server" };
  const listed = [connection("r.example", "pull"), connection("q.example", "reader")];
  const userOf = (address: string, repository: string, registries = listed) => {
    const { connection: found } = placeOf(target, registries)(address, repository);
    return found.credentials && "username" in found.credentials ? found.credentials.username : undefined;
  };

  it("is the index's own in its repository", () => assert.equal(userOf("r.example", "team/server"), "push"));
  it("is that of sourceRegistries in another repository of its registry", () =>
    assert.equal(userOf("r.example", "team/base"), "pull"));
  it("is the index's own there when sourceRegistries do not name the registry", () =>
    assert.equal(userOf("r.example", "team/base", []), "push"));
  it("is that of sourceRegistries on another registry", () => assert.equal(userOf("q.example", "base"), "reader"));
  it("is the environment's for a registry that nothing names", () =>
    assert.equal(userOf("s.example", "base"), undefined));
});
