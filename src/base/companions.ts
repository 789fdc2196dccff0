/** What SQLite keeps beside a database, by how the names end: a connection that goes on with another one would wreck it. */
export const COMPANIONS = ['-journal', '-wal'] as const;
