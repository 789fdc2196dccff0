/** Words of the Storage panel. */
export const storageWords = {
  label: 'Storage',
  close: 'Close storage',
  reading: 'Looking…',
  asOf: (time: string) => `As of ${time}`,
  failed: (reason: string) => `It could not be read how much is stored: ${reason}`,
  nothingKept: 'This window keeps nothing: it is private, or the browser refuses storage. Download state keeps a copy.',

  promise: 'Will it stay?',
  promised: 'The browser promised to keep it until you remove it.',
  notPromised: 'No promise: the browser may delete it when space is short, or when you have not been here for long.',
  unknown: 'The browser does not say whether it keeps it.',
  ask: 'Ask the browser to keep it',
  refused: 'The browser did not promise. Many do after a bookmark or an installation; Download state keeps a copy outside.',

  copies: 'Copy outside of this browser',
  copied: (time: string) => `The last copy of this session left ${time}.`,
  copiedRuns: (runs: number) => (runs === 0 ? 'Nothing was run since.' : runs === 1 ? '1 run since.' : `${runs} runs since.`),
  neverCopied:
    'No copy of this session has left this browser yet. Download state makes one, without variables; Download capsule in the session menu, with them.',

  offline: 'Without a network',
  offlineReady: 'All of Dormouse is kept here: it opens and runs without a network. Packages are kept when they are first used.',
  offlineComing: 'Dormouse is being kept for use without a network. Until that is done a network is needed to open it.',
  offlineNever: 'This browser or window does not let Dormouse be kept for use without a network.',

  room: 'Room',
  used: 'This site uses',
  left: 'Room left',
  notSaid: 'The browser does not say',
  app: 'Dormouse itself',
  python: 'Python, ready to begin',
  packages: 'Packages',

  sessions: 'Sessions',
  here: 'open here',
  deleted: (time: string) => `deleted, goes for good ${time}`,
  size: 'Room that is held ready for the next run is counted, too.',
  delete: 'Delete',
  deleteNamed: (name: string) => `Delete ${name}`,
  bringBack: 'Bring back',
  bringBackNamed: (name: string) => `Bring back ${name}`,
  purge: 'Delete for good…',
  purgeNamed: (name: string) => `Delete ${name} for good`,
} as const;
