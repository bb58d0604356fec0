import type { HttpResponse } from "../http/message";
import type { Action } from "./repository";

/** What a token must allow, for one repository. */
export interface Scope {
  readonly repository: string;
  readonly actions: readonly Action[];
}

/** Gives requests to one registry their Authorization header, and learns from its challenges. */
export interface Authorizer {
  /**
   * The header's value for a request that needs these scopes; `undefined` as long as the registry has asked for nothing,
   * or the credentials are anonymous and its scheme is Basic. May fetch a token: one flight for each scope set.
   * @throws ERR_AUTH, ERR_ADDRESS_REFUSED (a realm that may not be asked), ERR_TRANSPORT, ERR_TLS, ERR_TIMEOUT.
   */
  authorize(scopes: readonly Scope[]): Promise<string | undefined>;
  /**
   * Learns from a 401 of the registry's own origin.
   * @param response - its status and headers (the body is not touched).
   * @param scopes - what the request needed.
   * @param used - the Authorization value it was sent with.
   * @returns whether the request is worth sending again with a fresh {@link Authorizer.authorize}.
   * @throws ERR_AUTH when a challenge cannot be understood or obeyed.
   */
  challenged(
    response: Pick<HttpResponse, "status" | "headers" | "url">,
    scopes: readonly Scope[],
    used: string | undefined,
  ): Promise<boolean>;
  /**
   * Learns from a 403 of the registry's own origin: an Azure registry may not have known yet of a role that was assigned.
   * @param used - the Authorization value that the request was sent with.
   * @returns whether the request is worth sending again with a fresh {@link Authorizer.authorize}; once for each token.
   * @throws ERR_AUTH about the credentials that an anonymous client took the place of.
   */
  denied(scopes: readonly Scope[], used: string | undefined): Promise<boolean>;
  /** What to do about a lack of rights, where this knows more of it than everybody. */
  rightsAdvice(scopes: readonly Scope[]): Promise<string | undefined>;
}
