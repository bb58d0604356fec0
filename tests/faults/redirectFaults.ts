import { type Fault, metadataHost } from "../support/faultyRegistry";
import type { TinyRequest } from "../support/tinyRegistry";
import type { FaultGroup } from "./faultRow";
import type { Operation } from "./operations";
import { fails, more } from "./verdict";

const redirect = (location: (url: URL) => void): Fault => ({
  kind: "instead",
  answer: ({ url }: TinyRequest) => {
    const target = new URL(url);
    location(target);
    return { status: 307, headers: { location: target.href }, body: Buffer.alloc(0) };
  },
});

const refusedAddress = fails("ERR_ADDRESS_REFUSED");
// Security row 2: a token request leaves its origin for no redirect.
const tokenStays = { token: fails("ERR_REGISTRY") };
const isRead = ({ sendsBody, requests }: Operation) => !sendsBody && requests.unheard === undefined;

/** The registry does nothing, and names another place. */
export const redirectFaults: FaultGroup = {
  title: "The registry redirects",
  rows: [
    {
      name: "same host",
      fault: redirect((url) => url.searchParams.set("redirected", "1")),
      usually: more(1),
    },
    {
      name: "other host",
      fault: redirect((url) => {
        url.hostname = "storage.example.test";
      }),
      // Security row 2: a write goes nowhere else, unless by an upload's Location.
      usually: (operation) => (isRead(operation) ? more(1) : refusedAddress)(operation),
      but: {
        ...tokenStays,
        // Security row 3: the next page would be on the other host.
        referrers: ({ requests }) => ({ kind: "fails", code: "ERR_ADDRESS_REFUSED", requests: requests.undisturbed }),
      },
    },
    { name: "loop", fault: redirect(() => {}), usually: refusedAddress },
    {
      name: "downgrade",
      fault: redirect((url) => {
        url.protocol = "http:";
      }),
      usually: refusedAddress,
      but: tokenStays,
      tls: true,
    },
    {
      name: "private address",
      fault: redirect((url) => {
        url.hostname = metadataHost;
      }),
      usually: refusedAddress,
      but: tokenStays,
    },
  ],
};
