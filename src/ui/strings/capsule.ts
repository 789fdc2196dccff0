/** Words of capsules: what is downloaded, what is opened. */
export const capsule = {
  menuOpen: 'Open a file as a session…',
  menuDownload: 'Download as a capsule…',
  working: { opening: 'Opening…', writing: 'Writing the capsule…' },

  download: {
    title: 'Download as a capsule',
    text: 'One .dormouse file with everything: a plain zip that any tool opens. Sizes are before packing.',
    files: (size: string) => `Files and code, ${size}`,
    memory: (size: string) => `Variables, to go on exactly where this is, ${size}`,
    noMemory: 'There are no variables to take along yet: run something first.',
    checkpoint: (name: string, size: string) => `Checkpoint “${name}”, ${size} more`,
    total: (size: string) => `At most ${size}`,
    confirm: 'Download',
    cancel: 'Cancel',
  },

  open: {
    title: (name: string) => `Open “${name}”`,
    nothingRan: 'Nothing of it has been run. It becomes a new session; this one stays as it is.',
    form: {
      state: 'A state file',
      capsule: 'A capsule',
      zip: 'A zip archive',
      code: 'A Python program',
      lesson: 'A lesson; its cells and checks run only when you run them',
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
    more: (count: number) => `and ${count.toLocaleString('en-US')} more`,
    packages: 'Packages',
    checkpoints: 'Checkpoints',
    leftOut: 'Left out',
    unlisted: 'Added to the capsule after it was made; their origin is not known',
    confirm: 'Open',
    resume: 'Resume',
    cancel: 'Cancel',
  },
} as const;
