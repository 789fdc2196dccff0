/** The files of a session as a side of a mirror: those of Python's working directory. */
import type { OurSide, SideFile } from '../../mirror/sides';
import type { SessionFiles } from '../../session';

const HOME = 'home/pyodide/';

export class SessionSide implements OurSide {
  readonly #files: SessionFiles;

  constructor(files: SessionFiles) {
    this.#files = files;
  }

  async list(): Promise<Map<string, SideFile>> {
    const files = (await this.#files.list()).filter(({ kind, path }) => kind === 'file' && path.startsWith(HOME));
    return new Map(files.map(({ path, size, modified }) => [path.slice(HOME.length), { size, version: versionOf(size, modified) }]));
  }

  read(path: string, signal?: AbortSignal): Promise<Blob> {
    return this.#files.read(HOME + path, signal ? { signal } : {});
  }

  async write(path: string, content: Blob, replace: boolean): Promise<SideFile> {
    const modified = Date.now();
    await this.#files.write(HOME + path, content, { replace, modified });
    return { size: content.size, version: versionOf(content.size, modified) };
  }

  async remove(path: string): Promise<void> {
    await this.#files.remove(HOME + path);
  }
}

const versionOf = (size: number, modified: number) => `${size} ${modified}`;
