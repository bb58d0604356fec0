import { challenge, empty, refusal } from "./answers";
import { createLedger, type Ledger } from "./ledger";
import { answerManifest, answerReferrers, answerTags } from "./manifests";
import { type ModelAnswer, type ModelRequest, routeOf } from "./message";
import { type Content, createStorage, type Storage } from "./storage";
import type { Switches } from "./switches";
import { answerBlob, answerUpload } from "./uploads";

/**
 * A registry in memory: a function from a request to an answer, one at a time, without clock or chance. It has all
 * manifests, tags, blobs and sessions of its repositories, and keeps who wrote them.
 *
 * It leaves out what {@link Switches} leaves out, and never fails by itself: lost answers, refusals and pages of gateways
 * are made on the way to it, see `wire.ts`.
 */
export interface ModelRegistry {
  readonly storage: Storage;
  readonly ledger: Ledger;
  /** How it differs from the specification; may be set at any time. */
  switches: Switches;
  answer(request: ModelRequest): ModelAnswer;
  /** Another registry with the same content and past; sessions do not come along. */
  clone(): ModelRegistry;
}

/** An empty registry, or one with what another one has. */
export function createRegistry(switches: Switches = {}, ledger = createLedger(), content?: Content): ModelRegistry {
  const storage: Storage = createStorage((change) => ledger.record(change, storage), content);
  const registry: ModelRegistry = {
    storage,
    ledger,
    switches,
    answer(request) {
      const { kind } = routeOf(request.url);
      const isStranger = request.by === "stranger";
      if (registry.switches.login && !isStranger && !request.headers["authorization"]) return challenge();
      if (request.url.pathname === "/v2/") return empty(200, { "docker-distribution-api-version": "registry/2.0" });
      if (kind === "manifests") return answerManifest(storage, registry.switches, request);
      if (kind === "tags") return answerTags(storage, request);
      if (kind === "referrers") return answerReferrers(storage, registry.switches, request);
      if (kind === "blobs") return answerBlob(storage, request);
      if (kind === "blobs/uploads") return answerUpload(storage, registry.switches, request);
      return refusal(404, "NOT_FOUND");
    },
    clone: () => createRegistry(registry.switches, ledger.clone(), storage),
  };
  return registry;
}
