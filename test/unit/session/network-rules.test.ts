import { expect, test } from 'vitest';
import { allowableHost, allowedAddress } from '../../../src/session/network-rules';

const OWN = 'dormouse.example.com';

test.each([
  ['data.example.org', 'data.example.org'],
  ['  DATA.Example.ORG ', 'data.example.org'],
  ['https://data.example.org/a.csv?b#c', 'data.example.org'],
  ['https://data.example.org:443/', 'data.example.org'],
  ['bücher.example.org', 'xn--bcher-kva.example.org'],
  ['example.xn--p1ai', 'example.xn--p1ai'],
  ['127.0.0.1.nip.io', '127.0.0.1.nip.io'],
])('%j can be allowed, as %s', (text, host) => {
  expect(allowableHost(text, OWN)).toBe(host);
});

const LOCAL = [
  'localhost',
  'LOCALHOST',
  'a.localhost',
  'printer',
  'printer.local',
  'db.internal',
  'router.lan',
  'nas.home.arpa',
  'x.test',
  'x.onion',
];
const LITERAL = [
  '127.0.0.1',
  '10.0.0.1',
  '192.168.1.1',
  '172.16.0.1',
  '169.254.169.254',
  '0.0.0.0',
  '8.8.8.8',
  '127.1',
  '2130706433',
  '0x7f.1',
  '0x7f000001',
  '0177.0.0.1',
  '017700000001',
  '1２7.0.0.1',
  '127。0。0。1',
  '[::1]',
  '[::ffff:127.0.0.1]',
  '[::ffff:7f00:1]',
  '[fe80::1]',
  '[fd00::1]',
  '[2606:4700::1111]',
];

test.each([...LOCAL, ...LITERAL])('%s is refused, to be allowed and to be fetched', (host) => {
  expect(() => allowableHost(host, OWN)).toThrow(/private network|address of a machine/);
  // Even where a list names it.
  const written = new URL(`https://${host}/`).hostname;
  expect(() => allowedAddress(`https://${host}/`, [host, written], OWN)).toThrow(/private network|address of a machine/);
});

test.each([
  ['', /no name of a host/],
  ['http://data.example.org', /no name of a host with https/],
  ['ftp://data.example.org', /no name of a host with https/],
  ['two words.org', /no name of a host/],
  ['data.example.org:8443', /usual port of https/],
  ['me:secret@data.example.org', /without a user/],
  ['*.example.org', /no name of a (public )?host/],
  ['localhost.', /no name of a public host/],
  ['127.0.0.1.', /address of a machine/],
  ['data.example.org.', /no name of a public host/],
  [OWN, /where this page comes from/],
  [`a.${'b'.repeat(300)}.org`, /no name of a (public )?host/],
])('%j is refused', (text, message) => {
  expect(() => allowableHost(text, OWN)).toThrow(message);
});

test.each([
  ['https://data.example.org/a?b=c', null],
  ['https://DATA.example.org', null],
  ['https://other.example.org/', /may not reach other\.example\.org.*Packages/],
  ['https://sub.data.example.org/', /may not reach/],
  ['https://data.example.org.evil.net/', /may not reach/],
  ['https://data.example.org@evil.net/', /user and a password/],
  ['https://me:secret@data.example.org/', /user and a password/],
  ['https://data.example.org:8443/', /usual port/],
  ['http://data.example.org/', /only fetch over https, not http:\/\/data\.example\.org/],
  ['ws://data.example.org/', /only fetch over https/],
  ['file:///etc/passwd', /only fetch over https/],
  ['data:text/plain,x', /only fetch over https/],
  ['blob:https://data.example.org/x', /only fetch over https/],
  ['/relative', /no address/],
  [`https://${OWN}/`, /where this page comes from/],
])('a request to %s', (address, message) => {
  const attempt = () => allowedAddress(address, ['data.example.org', OWN], OWN);
  if (message) expect(attempt).toThrow(message);
  else expect(attempt().hostname).toBe('data.example.org');
});
