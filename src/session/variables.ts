/**
 * The variables of a session, and what could be written with them. Looks change nothing and call nothing that a user wrote; a deleted variable
 * can be brought back until the next run begins.
 */
import type { ActName, Acts } from '../protocol/acts';
import type { CallSignature, CompletionOption, CompletionRequest, LookName, Looks, VariableList, VariablesView } from '../protocol/looks';

export interface VariablesHost {
  /** Rejects with `busy` unless nothing runs. */
  ask<Name extends LookName>(name: Name, argument: Looks[Name]['argument']): Promise<Looks[Name]['result']>;
  /** Has Python do something, after the run that goes on. */
  act<Name extends ActName>(name: Name, argument: Acts[Name]['argument']): Promise<Acts[Name]['result']>;
  /** Keeps what has changed since the last run. */
  keep(): Promise<void>;
}

export class SessionVariables {
  readonly #host: VariablesHost;

  constructor(host: VariablesHost) {
    this.#host = host;
  }

  /** At most `count` of them, and 1,000. */
  list(view: VariablesView, count: number): Promise<VariableList> {
    return this.#host.ask('variables', { ...view, count });
  }

  /** A variable as a table for the grid, whose rows come by the look `table`; null when it is none any more. */
  table(name: string): Promise<Looks['variableTable']['result']> {
    return this.#host.ask('variableTable', { name });
  }

  /** At most 100 children, from `start`, of where `path` leads in a variable; null when nothing is there any more. */
  level(name: string, path: number[], start = 0): Promise<Looks['variableTree']['result']> {
    return this.#host.ask('variableTree', { name, path, start });
  }

  /** Deletes a variable; what it gives is for `restore`. Null when there is no such variable. */
  async delete(name: string): Promise<string | null> {
    const { token } = await this.#host.act('deleteVariable', { name });
    await this.#host.keep();
    return token;
  }

  /** Brings a deleted variable back; says whether: not after a run, nor where another has come in its place. */
  async restore(token: string): Promise<boolean> {
    const { restored } = await this.#host.act('restoreVariable', { token });
    await this.#host.keep();
    return restored;
  }

  /** What can be written at a place. Rejects with `busy` unless nothing runs; so does `signature`. */
  complete(request: CompletionRequest): Promise<CompletionOption[]> {
    return this.#host.ask('complete', request);
  }

  /** How something is called; null when that is not known. */
  signature(expression: string): Promise<CallSignature | null> {
    return this.#host.ask('signature', { expression });
  }
}
