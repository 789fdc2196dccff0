/** Every English word of the page, in one place. */
import type { RunRecord } from '../session';
import { formatBytes, formatCount } from './format';

const plural = (count: number, one: string, many: string) => `${formatCount(count)} ${count === 1 ? one : many}`;

export const strings = {
  name: 'Dormouse',

  actions: {
    label: 'Actions',
    run: 'Run',
    runHint: 'Shift+Enter',
    stop: 'Stop',
    stopHint: 'Stops Python; what it wrote stays',
    stopRestarts: 'Stopping may restart Python: files are kept, variables are not',
    // The second word of each is hidden where there is little room, and stays part of the name.
    check: ['Check', ' state'],
    download: ['Download', ' state'],
    upload: ['Upload', ' state'],
    clear: ['Clear', ' session'],
    notYet: 'Possible when Python is ready',
    notWhileRunning: 'Possible when the run has ended',
  },

  saved: {
    label: 'Saved',
    none: 'Nothing to save yet',
    saving: 'Saving…',
    kept: (time: string) => `Saved ${time} · files kept, variables are not`,
    problem: (time: string, problem: string) => `Saved ${time} · ${problem}`,
    unsaved: (reason: string) => `Not saved: ${reason}`,
    memory: 'This window keeps nothing (private browsing)',
    elsewhere: 'Open in another tab',
  },

  code: {
    label: 'Code',
    hint: 'Shift+Enter runs · Escape, then Tab leaves the code',
  },

  activity: {
    label: 'Python',
    opening: 'Opening the session…',
    waiting: 'Waiting for the other tab',
    starting: 'Starting Python…',
    startingQueued: 'Starting Python… your code runs next',
    loaded: (loaded: number, total: number) => `${(loaded / 1e6).toFixed(1)} of ${(total / 1e6).toFixed(1)} MB`,
    idle: 'Ready',
    running: 'Running…',
    input: 'Waiting for your input',
    stopping: 'Stopping…',
    closed: 'Not running',
    downloading: 'Writing the state file…',
    uploading: 'Reading the state file…',
    clearing: 'Clearing the session…',
    bringingBack: 'Bringing back…',
  },

  output: {
    label: 'Output',
    clear: 'Clear output',
    empty: 'What Python prints appears here. Press Run, or Shift+Enter in the code.',
    dropped: (lines: number) => `… ${plural(lines, 'earlier line', 'earlier lines')} not shown`,
    toEnd: 'Go to the newest output',
    inputLabel: 'Input for Python',
    inputHint: 'Enter sends',
    endInput: 'End input',
    run: (run: number) => `Run ${formatCount(run)}`,
    separator: ' · ',
  },

  status: {
    running: 'running',
    finished: 'finished',
    failed: 'failed',
    interrupted: 'stopped',
    exited: 'exited',
    stopped: 'stopped, Python restarted',
    crashed: 'crashed, Python restarted',
    unfinished: 'did not finish',
  } satisfies Record<RunRecord['status'], string>,

  state: {
    label: 'State',
    close: 'Close the state',
    loading: 'Looking…',
    failed: (reason: string) => `The state could not be read: ${reason}`,
    asOf: (time: string) => `As of ${time}`,
    more: (count: number) => `Show ${formatCount(count)} more`,
    shown: (shown: number, all: number) => `${formatCount(shown)} of ${formatCount(all)} shown`,

    files: 'Files',
    filesCount: (count: number, size: number) => `${plural(count, 'file', 'files')}, ${formatBytes(size)}`,
    filesEmpty: 'No files yet. Write one:',
    filesExample: "open('notes.txt', 'w').write('hello')",
    filesFind: 'Find a file',
    filesNone: 'No file has this in its name.',
    path: 'Path',
    size: 'Size',
    modified: 'Modified',
    link: 'link',

    databases: 'Databases',
    databasesEmpty: 'No SQLite database yet. Make one:',
    databasesExample: "sqlite3.connect('app_state.db').execute('CREATE TABLE events (at, what)')",
    databasesBusy: 'Python is busy, and only Python opens its databases. Look again when the run has ended.',
    noTables: 'No tables in it yet.',
    rows: (count: number | null) => (count === null ? 'too many rows to count' : plural(count, 'row', 'rows')),
    firstRows: (table: string) => `First rows of ${table}`,
    noRows: 'No rows yet.',
    columns: (count: number) => plural(count, 'column', 'columns'),
    columnsHidden: (count: number) => `${plural(count, 'more column is', 'more columns are')} not shown.`,

    stateFile: 'State file',
    stateFileEmpty: 'No app_state.json yet. Keep counters and settings in one:',
    stateFileExample: "json.dump({'runs': 1}, open('app_state.json', 'w'))",
    stateFileBroken: 'This is not valid JSON; here is its text.',

    runs: 'Runs',
    runsCount: (runs: number) => plural(runs, 'run', 'runs'),
    runsEmpty: 'Nothing was run yet. Press Shift+Enter in the code.',
    run: 'Run',
    time: 'Time',
    status: 'Result',
    duration: 'Took',
    firstLine: 'First line',

    storage: 'Storage',
    stored: 'Set aside for this session',
    used: 'This site uses',
    left: 'Room left',
    unknown: 'The browser does not say',
    lastSave: 'Last durable save',
    never: 'Never yet',
    inMemory: 'Kept in memory only: it is gone when this window closes. Download state keeps a copy.',
    promise: 'Browser’s promise',
    promised: 'The browser promised to keep it',
    notPromised: 'No promise: the browser may delete it when space is short',
    ask: 'Ask the browser to keep it',
    refused: 'The browser did not promise. Many do after a bookmark or an installation; Download state keeps a copy outside.',
  },

  clear: {
    title: 'Clear this session?',
    text: 'All its files, databases, run history and code go. You can bring them back until the next run.',
    confirm: 'Clear',
    cancel: 'Cancel',
  },

  download: {
    title: 'The state file cannot hold everything',
    without: 'Download without these',
    cancel: 'Cancel',
    path: 'Path',
    size: 'Size',
    reason: 'Why',
  },

  notice: {
    dismiss: 'Dismiss',
    memory: 'This window keeps nothing: it is private, or the browser refuses storage. Python works; Download state keeps what you make.',
    cleared: 'The session was cleared.',
    uploaded: 'The state file was loaded.',
    bringBack: 'Bring back',
    broughtBack: 'Brought back.',
    reopen: 'Reopen',
    closed: 'Python and the store have stopped; what was saved is kept.',
  },

  waiting: {
    title: 'This session is open in another tab.',
    text: 'It opens here when that one closes.',
  },

  splitter: 'Height of the code',
} as const;
