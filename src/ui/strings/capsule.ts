/** Words of capsules: what is downloaded, what is opened. */
export const capsule = {
  menuOpen: 'Open a file as a session…',
  menuOpenFolder: 'Open a folder as a session…',
  menuDownload: 'Download as a capsule…',
  menuShare: 'Share…',
  working: { opening: 'Opening…', writing: 'Writing the capsule…', loading: (host: string) => `Loading from ${host}…` },

  download: {
    title: 'Download as a capsule',
    text: 'One .dormouse file with everything: a plain zip that any tool opens. Sizes are before packing.',
    files: (size: string) => `Files and code, ${size}`,
    memory: (size: string) => `Variables, to go on exactly where this is, ${size}`,
    everything: 'Everything',
    some: 'Only some files',
    what: 'What goes along',
    which: 'Files',
    database: 'database',
    moreFiles: (count: number) => `${count.toLocaleString('en-US')} more files cannot be chosen here one by one.`,
    noMemory: 'There are no variables to take along yet: run something first.',
    checkpoint: (name: string, size: string) => `Checkpoint “${name}”, ${size} more`,
    total: (size: string) => `At most ${size}`,
    confirm: 'Download',
    cancel: 'Cancel',
  },

  share: {
    title: (name: string) => `Share “${name}”`,
    text: 'What you share has the code, the files and the list of packages, and no variables. Whoever gets it sees what is in it before anything is run.',
    link: 'Link',
    linkText: (characters: string) =>
      `The link itself holds the session (${characters} characters): no server has it or gets it. Whoever has the link has everything in it.`,
    tooLong: (size: string) => `This session takes ${size}, which is too much for a link. Send it as a file instead.`,
    copy: 'Copy link',
    copied: 'Copied.',
    copyByHand: 'The browser did not copy it. It is selected: copy it with the keyboard.',
    sheet: 'Share with…',
    sheetRefused: 'The system did not take it. Save the file and send that instead.',
    save: (size: string) => `Save file, ${size}`,
    saved: (name: string) => `Saved as ${name}.`,
    close: 'Close',
  },

  address: {
    title: (host: string) => `Load a file from ${host}?`,
    text: (address: string, host: string, pinned: boolean) =>
      `This link opens the file ${address}. Loading it tells ${host} your network address, and that you opened it; nothing of yours goes along. ${
        pinned ? 'The link says exactly which file it means: any other is refused. ' : ''
      }You see what is in it before anything becomes of it.`,
    confirm: 'Load',
    cancel: 'Cancel',
    nowhere: 'This window keeps no sessions, so nothing can be opened in it from a link.',
  },

  open: {
    title: (name: string) => `Open “${name}”`,
    nothingRan: 'Nothing of it has been run. It becomes a new session; this one stays as it is.',
    replaces: '“Replace this session” puts it in the place of this one instead, which stays in the history and can be brought back.',
    form: {
      state: 'A state file',
      capsule: 'A capsule',
      zip: 'A zip archive',
      code: 'A Python program',
      files: 'Files',
    },
    summary: (form: string, files: number, size: string) =>
      `${form} · ${files === 1 ? '1 entry' : `${files.toLocaleString('en-US')} entries`}, ${size}`,
    runtime: (python: string) => `Python ${python}`,
    runs: (runs: number) => (runs === 1 ? '1 run' : `${runs.toLocaleString('en-US')} runs`),
    memoryWarning:
      'It has the memory of a running program, made by whoever made this file. “Resume” continues that program: it can do what its code says inside its sandbox. “Open” takes files and code only.',
    variables: (count: number) => `Variables (${count.toLocaleString('en-US')})`,
    code: 'Code',
    codeCut: 'Only the beginning is shown.',
    files: 'Files',
    database: (path: string) => `Tables of ${path}`,
    looking: 'Looking into it…',
    noTables: 'There are no tables in it.',
    view: 'a view',
    virtual: 'a virtual table',
    rows: (rows: number) => (rows === 1 ? '1 row' : `${rows.toLocaleString('en-US')} rows`),
    firstRows: (table: string) => `The first rows of ${table}`,
    more: (count: number) => `and ${count.toLocaleString('en-US')} more`,
    packages: 'Packages',
    checkpoints: 'Checkpoints',
    leftOut: 'Left out',
    unlisted: 'Added to the capsule after it was made; their origin is not known',
    confirm: 'Open',
    resume: 'Resume',
    replace: 'Replace this session',
    cancel: 'Cancel',
  },
} as const;
