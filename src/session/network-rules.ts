/**
 * What Python may reach when the person allows it: public hosts by their names, over https. Names are checked as the browser's own parser writes
 * them, so that no other spelling of an address passes; what a name resolves to is the browser's to judge.
 */
import { InvalidInputError } from '../base/errors';
import { LONGEST_HOST } from '../protocol/network';

/** Last labels that are never public: RFC 6761, 6762, 7686, 8375, 9476, and what home and company networks are called. */
const PRIVATE_ENDINGS = new Set(
  'alt arpa corp domain home internal intranet invalid lan local localdomain localhost onion private test workgroup'.split(' '),
);
const NAME = /^(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/**
 * The host as it is compared and kept: lower case, international names in ASCII.
 * @param text a host's name, or an address of https from which it is taken
 * @param own the name of the host that this page comes from
 * @throws InvalidInputError a sentence, when it may never be reached
 */
export function allowableHost(text: string, own: string): string {
  const wanted = text.trim();
  const url = parse(wanted.includes('://') ? wanted : `https://${wanted}`);
  if (url?.protocol !== 'https:')
    throw new InvalidInputError(`“${shorten(wanted)}” is no name of a host with https, such as data.example.org.`);
  if (url.username !== '' || url.password !== '') throw new InvalidInputError('A host is named without a user and a password.');
  if (url.port !== '') throw new InvalidInputError(`Only the usual port of https can be allowed, not ${url.port}.`);
  const host = url.hostname;
  if (host.startsWith('[') || /^[\d.]+$/.test(host))
    throw new InvalidInputError(`${host} is an address of a machine; only hosts with a name can be allowed.`);
  if (host === own) throw new InvalidInputError(`${host} is where this page comes from; Python may not reach it.`);
  const ending = host.split('.').at(-1) ?? '';
  if (!host.includes('.') || PRIVATE_ENDINGS.has(ending)) {
    throw new InvalidInputError(`${host} is a name of this machine or of a private network; only public hosts can be allowed.`);
  }
  if (host.length > LONGEST_HOST || !NAME.test(host)) throw new InvalidInputError(`“${shorten(wanted)}” is no name of a public host.`);
  return host;
}

/**
 * The address of a request, when it may be made.
 * @param allowed as `allowableHost` gave them
 * @throws InvalidInputError a sentence
 */
export function allowedAddress(address: string, allowed: readonly string[], own: string): URL {
  const url = parse(address);
  if (!url) throw new InvalidInputError(`“${shorten(address)}” is no address.`);
  if (url.protocol !== 'https:') {
    throw new InvalidInputError(`Python in Dormouse can only fetch over https, not ${shorten(url.protocol)}//${shorten(url.host)}.`);
  }
  if (url.username !== '' || url.password !== '') throw new InvalidInputError('An address with a user and a password is not fetched.');
  if (url.port !== '') throw new InvalidInputError(`Only the usual port of https can be reached, not ${url.host}.`);
  const host = allowableHost(url.hostname, own);
  if (!allowed.includes(host)) {
    throw new InvalidInputError(
      `This session may not reach ${host}: Python has no network until you allow a host, in the panel Packages, under “Network”.`,
    );
  }
  return url;
}

const parse = (text: string): URL | null => {
  try {
    return new URL(text);
  } catch {
    return null;
  }
};

const shorten = (text: string) => (text.length > 100 ? `${text.slice(0, 100)}…` : text);
