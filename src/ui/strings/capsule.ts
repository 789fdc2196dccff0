/** Words of capsules: what is downloaded, what is opened. */
export const capsule = {
  menuOpen: 'Open a file as a session…',
  menuOpenFolder: 'Open a folder as a session…',
  menuDownload: 'Download as a capsule…',
  menuCompare: 'Compare with…',
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
} as const;
