/** Python's way to the network: none, but to the hosts that the person has allowed this session. */
import { DormouseError, InvalidInputError } from '../base/errors';
import { MOST_HOSTS, type NetworkAnswer, type NetworkDesk, type NetworkRequest } from '../protocol/network';
import { fetchWhole } from './download';
import { allowableHost, allowedAddress } from './network-rules';

/** What the session lends. */
export interface NetworkHost {
  change(hosts: readonly string[]): void;
  /** Keeps the list durably. */
  save(hosts: readonly string[]): Promise<void>;
  /** The name of the host that this page comes from. */
  own(): string;
}

/** What goes out and what comes back, bytes at most: it has to fit into Python's memory. */
const LARGEST_BODY = 64 * 2 ** 20;
const LARGEST_ANSWER = 256 * 2 ** 20;
const LARGEST_HEADERS = 32 * 1024;
const LONGEST = 5 * 60_000;
/** Requests that are under way at once; others wait for them. */
const AT_ONCE = 6;
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

export class SessionNetwork implements NetworkDesk {
  readonly #host: NetworkHost;
  #hosts: readonly string[] = [];
  #ended = new AbortController();
  #underWay = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(host: NetworkHost) {
    this.#host = host;
  }

  /** The hosts that Python may reach, by name. */
  get hosts(): readonly string[] {
    return this.#hosts;
  }

  /** Lets Python reach a host from now on; resolves with its name. @throws InvalidInputError a sentence */
  async allow(text: string): Promise<string> {
    const host = allowableHost(text, this.#host.own());
    if (this.#hosts.includes(host)) return host;
    if (this.#hosts.length >= MOST_HOSTS) throw new InvalidInputError(`A session can reach ${MOST_HOSTS} hosts at most.`);
    await this.#set([...this.#hosts, host].sort());
    return host;
  }

  /** Takes that back. A request that is under way is not heard out. */
  async forbid(host: string): Promise<void> {
    await this.#set(this.#hosts.filter((other) => other !== host));
    this.#abort();
  }

  /** The session was opened or replaced. */
  adopt(hosts: readonly string[]): void {
    this.#hosts = hosts;
    this.#host.change(hosts);
  }

  /** The session is about to be opened, again perhaps: nobody waits for what is under way. */
  close(): void {
    this.#abort();
    this.#hosts = [];
  }

  async respond(request: NetworkRequest): Promise<NetworkAnswer> {
    const { url, init } = this.#check(request);
    const { signal } = this.#ended;
    await this.#turn();
    try {
      if (signal.aborted) throw signal.reason;
      const { response, bytes } = await fetchWhole(url.href, init, {
        what: 'the answer',
        host: url.host,
        most: LARGEST_ANSWER,
        longest: LONGEST,
        signal,
      });
      const { status, statusText } = response;
      return { type: 'response', status, statusText, headers: [...response.headers], body: new Blob([bytes]) };
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#underWay -= 1;
    }
  }

  #check({ url: address, method: wanted, headers: given, body: content }: Record<keyof NetworkRequest, unknown>) {
    const url = allowedAddress(typeof address === 'string' ? address : '', this.#hosts, this.#host.own());
    const method = String(wanted).toUpperCase();
    if (!METHODS.includes(method)) throw new InvalidInputError(`There is no request “${method.slice(0, 20)}”: ${METHODS.join(', ')}.`);
    const headers = new Headers();
    let size = 0;
    for (const [name, value] of Array.isArray(given) ? given : []) {
      size += String(name).length + String(value).length;
      if (size > LARGEST_HEADERS) throw new InvalidInputError('The headers of the request are too long.');
      headers.append(String(name), String(value));
    }
    const body = content instanceof ArrayBuffer ? content : null;
    if (body && body.byteLength > LARGEST_BODY) {
      throw new InvalidInputError(`At most ${Math.round(LARGEST_BODY / 1e6)} MB can be sent at once.`);
    }
    return { url, init: { method, headers, body: method === 'GET' || method === 'HEAD' ? null : body } };
  }

  /** Who waits takes the place of the one that ends, so that nobody else slips in. */
  async #turn(): Promise<void> {
    if (this.#underWay >= AT_ONCE) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#underWay += 1;
  }

  #abort(): void {
    this.#ended.abort(new DormouseError('closed', 'The request was given up.'));
    this.#ended = new AbortController();
  }

  async #set(hosts: readonly string[]): Promise<void> {
    await this.#host.save(hosts);
    this.#hosts = hosts;
    this.#host.change(hosts);
  }
}
