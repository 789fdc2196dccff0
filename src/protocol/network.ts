/** What Python asks of the network: the sandbox has none, so the page fetches, from hosts that the person has allowed. */

/** From the sandbox to the broker. Answered by `response`. */
export interface NetworkRequest {
  type: 'request';
  call: number;
  url: string;
  method: string;
  headers: [name: string, value: string][];
  body: ArrayBuffer | null;
}

export interface NetworkReply {
  type: 'response';
  call: number;
  status: number;
  statusText: string;
  /** Those that the host lets pages see. */
  headers: [name: string, value: string][];
  body: Blob;
}

export type NetworkAnswer = Omit<NetworkReply, 'call'>;

/** Answers a sandbox's requests, or throws a sentence. */
export interface NetworkDesk {
  /** @param request as the sandbox sent it: nothing of it has been checked but its type */
  respond(request: NetworkRequest): Promise<NetworkAnswer>;
}

/** More hosts than a session may reach, and the longest name that a host can have (RFC 1035). */
export const MOST_HOSTS = 50;
export const LONGEST_HOST = 253;
