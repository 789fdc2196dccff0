/** Words of the part of the packages panel that is about the network. */
export const network = {
  label: 'Network',
  none: 'Python in this session has no network.',
  some: 'Python in this session can send to these hosts and read what they answer:',
  list: 'Hosts that Python may reach',
  box: 'Let Python reach a host',
  placeholder: 'data.example.org',
  allow: 'Allow',
  hint: 'Whatever runs in this session can send there anything that it has. Only https, never with your cookies; the host has to let pages read it.',
  forbid: (host: string) => `No longer let Python reach ${host}`,
} as const;
