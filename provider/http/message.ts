import type { Readable } from "node:stream";

/** The methods that the distribution API uses. */
export type Method = "GET" | "HEAD" | "PUT" | "POST" | "PATCH" | "DELETE";

/** A body that can be sent any number of times: bytes, or a stream of exactly `length` bytes opened afresh for each attempt. */
export type RequestBody = Uint8Array | { readonly length: number; open(): Readable };

/** One request, before redirects and authorization are known. */
export interface HttpRequest {
  readonly method: Method;
  readonly url: URL;
  /** Lower-case names. Never `authorization`: that has a field of its own. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The Authorization header's value. Sent only to the origin of `url`; once a hop leaves that origin it is gone for good. */
  readonly authorization?: string;
  readonly body?: RequestBody;
  /**
   * Which redirects are obeyed: `follow` any of at most five (GET and HEAD), `sameOrigin` only those within the origin, of a request
   * other than GET and HEAD only 307 and 308; `refuse` none.
   */
  readonly redirects: "follow" | "sameOrigin" | "refuse";
  /**
   * Who chose the host, and so which addresses it may have; the one that is actually used decides. `named`: the user, any address.
   * `untrusted`: a server (token realm, upload Location, redirect), public addresses only. `internal` and `loopback`: a
   * named host that is itself at an address of this kind (see `AddressKind`), by a redirect; public ones, and those of this kind.
   */
  readonly host: "named" | "untrusted" | "internal" | "loopback";
}

/** A response whose body is still on the wire: the caller reads it to its end or destroys it. */
export interface HttpResponse {
  readonly status: number;
  /** Lower-case names; of repeated headers all values, joined by ", ". */
  readonly headers: Readonly<Record<string, string>>;
  /** Where the response came from, after redirects. */
  readonly url: URL;
  readonly body: Readable;
}

/** Sends requests to one registry and whatever hosts it points to. */
export interface Transport {
  /**
   * Sends once (no retry) and follows redirects as the request says. Any status is a response, not an error.
   * The response's body ends with the same errors when it breaks on its way.
   * @throws ERR_TRANSPORT without a usable response, ERR_TLS for an untrusted certificate, ERR_TIMEOUT; ERR_ADDRESS_REFUSED for
   * an address that the host must not have or a redirect that is not followed; ERR_CONTENT_INVALID for a request body of another
   * length than announced; ERR_CONTENT_TOO_LARGE for over 16 KiB of response
   * headers; ERR_INPUT_INVALID for a proxy variable that is no URL.
   */
  send(request: HttpRequest): Promise<HttpResponse>;
  /** Ends all connections. */
  close(): Promise<void>;
}
