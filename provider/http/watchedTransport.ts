import type { HttpRequest, Transport } from "./message";

/** How a request ended: with a response's status, or with an error. */
export type RequestOutcome = { readonly status: number } | { readonly error: unknown };

/**
 * Watches requests. Called when one is sent; what it returns is called when the response's headers are there or the request has
 * failed, and once more if the response's body breaks later.
 */
export type RequestWatch = (request: Pick<HttpRequest, "method" | "url">) => (outcome: RequestOutcome) => void;

/**
 * A transport whose requests are watched; they go as they would without.
 * @param watch - `undefined`: the transport itself is returned.
 */
export function watchedTransport(transport: Transport, watch: RequestWatch | undefined): Transport {
  if (watch === undefined) return transport;
  return {
    async send(request) {
      const ended = watch(request);
      try {
        const response = await transport.send(request);
        ended({ status: response.status });
        response.body.once("error", (error) => ended({ error }));
        return response;
      } catch (error) {
        ended({ error });
        throw error;
      }
    },
    close: () => transport.close(),
  };
}
