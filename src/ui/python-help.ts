/**
 * What helps while Python is written: completion and how something is called, both from the interpreter while it is idle. Completion comes when it is
 * asked for (Ctrl+Space, or Tab behind a word, a dot or a quotation mark); without an idle interpreter it knows the words of the text and Python's own.
 */
import {
  autocompletion,
  type Completion,
  type CompletionContext,
  type CompletionResult,
  completionStatus,
  startCompletion,
} from '@codemirror/autocomplete';
import { globalCompletion, localCompletionSource } from '@codemirror/lang-python';
import { type Extension, Prec, StateEffect, StateField } from '@codemirror/state';
import { EditorView, keymap, showTooltip, type Tooltip, ViewPlugin, type ViewUpdate } from '@codemirror/view';
import type { CallSignature, CompletionOption, Session } from '../session';
import { type CompletionPlace, callPlace, completionPlace } from './python-place';
import { strings } from './strings';

/** Whoever asks; null where there is no session. */
export type AskSession = () => Session | null;

interface Shown extends CallSignature {
  /** Of the brackets. */
  at: number;
  /** Which parameter is being written; -1 for none. */
  active: number;
}

const setSignature = StateEffect.define<Shown | null>();

const signatureField = StateField.define<Shown | null>({
  create: () => null,
  update(shown, transaction) {
    for (const effect of transaction.effects) if (effect.is(setSignature)) return effect.value;
    return shown && transaction.docChanged ? { ...shown, at: transaction.changes.mapPos(shown.at) } : shown;
  },
  provide: (field) => showTooltip.from(field, (shown) => (shown ? tooltipOf(shown) : null)),
});

/** The extension for an editor of Python. */
export function pythonHelp(session: AskSession): Extension {
  return [
    autocompletion({ override: [(context) => complete(context, session)], activateOnTyping: false }),
    signatureField,
    signatureFollower(session),
    Prec.high(
      keymap.of([
        { key: 'Tab', run: (view) => completesAt(view) && startCompletion(view) },
        {
          key: 'Mod-Shift-Space',
          run: (view) => {
            void showSignature(view, session);
            return true;
          },
        },
        { key: 'Escape', run: (view) => completionStatus(view.state) === null && hideSignature(view) },
      ]),
    ),
    looks,
  ];
}

/** Whether Tab means completion: behind a word, a dot or in a string; elsewhere it indents. */
function completesAt({ state }: EditorView): boolean {
  const { main } = state.selection;
  if (!main.empty || state.readOnly || completionStatus(state) === 'active') return false;
  const line = state.doc.lineAt(main.head);
  return /[\p{L}\p{N}_.]$|\[["'][^"']*$/u.test(state.sliceDoc(line.from, main.head));
}

async function complete(context: CompletionContext, ask: AskSession): Promise<CompletionResult | null> {
  const place = completionPlace(context.state, context.pos);
  if (!place) return null;
  const live = await optionsAt(place, ask());
  const options = live.map((option) => completionOf(option, place));
  // Names that are written but were not run yet, keywords, and everything where Python is busy.
  if (place.what === 'name') {
    const known = new Set(live.map(({ label }) => label));
    for (const source of [localCompletionSource, globalCompletion]) {
      const more = await source(context);
      for (const option of more?.options ?? []) {
        if (known.has(option.label)) continue;
        known.add(option.label);
        options.push(option);
      }
    }
  }
  return { from: place.from, options, validFor: place.what === 'item' || place.what === 'path' ? /^[^"'\n/]*$/ : /^[\p{L}\p{N}_]*$/u };
}

async function optionsAt({ what, expression, prefix, call }: CompletionPlace, session: Session | null): Promise<CompletionOption[]> {
  if (session?.state.phase !== 'idle') return [];
  try {
    return await session.variables.complete({ what, expression, prefix, call });
  } catch {
    // A run has begun meanwhile.
    return [];
  }
}

function completionOf({ label, type, detail }: CompletionOption, { what, quote }: CompletionPlace): Completion {
  const option: Completion = { label, type, ...(detail !== '' && { detail }), ...(label.endsWith('=') && { boost: 50 }) };
  if (what !== 'item' && what !== 'path') return option;
  // What would end the string has to be written otherwise.
  const text = quote.length === 1 ? label.replaceAll('\\', '\\\\').replaceAll(quote, `\\${quote}`) : label;
  return text === label ? option : { ...option, apply: text };
}

/** Shows how what the cursor is in the brackets of is called. */
async function showSignature(view: EditorView, ask: AskSession): Promise<void> {
  const place = callPlace(view.state, view.state.selection.main.head);
  const session = ask();
  if (!place || session?.state.phase !== 'idle') return;
  const signature = await session.variables.signature(place.expression).catch(() => null);
  const now = callPlace(view.state, view.state.selection.main.head);
  if (!signature || now?.from !== place.from) return;
  view.dispatch({ effects: setSignature.of({ ...signature, at: now.from, active: activeOf(signature, now.index, now.name) }) });
}

function hideSignature(view: EditorView): boolean {
  if (!view.state.field(signatureField)) return false;
  view.dispatch({ effects: setSignature.of(null) });
  return true;
}

/** The parameter that an argument is for. */
function activeOf({ parameters }: CallSignature, index: number, name: string | null): number {
  const nameOf = (parameter: string) => /^\**([\p{L}\p{N}_]*)/u.exec(parameter)?.[1] ?? '';
  if (name !== null) {
    const named = parameters.findIndex((parameter) => nameOf(parameter) === name && !parameter.startsWith('*'));
    return named >= 0 ? named : parameters.findIndex((parameter) => parameter.startsWith('**'));
  }
  let left = index;
  for (const [at, parameter] of parameters.entries()) {
    if (parameter === '/') continue;
    if (parameter === '*' || parameter.startsWith('**')) return -1;
    if (parameter.startsWith('*') || left === 0) return at;
    left -= 1;
  }
  return -1;
}

/** Shows the signature when a bracket is opened, follows the cursor in it, and hides it when the cursor leaves. */
function signatureFollower(ask: AskSession): Extension {
  return ViewPlugin.define((view) => ({
    update(update: ViewUpdate) {
      if (!update.docChanged && !update.selectionSet) return;
      const opened = update.transactions.some((transaction) => transaction.isUserEvent('input.type') && typesBracket(transaction.changes));
      const shown = update.state.field(signatureField);
      if (!opened && !shown) return;
      // A view may not change while it is being updated.
      queueMicrotask(() => {
        const place = callPlace(view.state, view.state.selection.main.head);
        const present = view.state.field(signatureField);
        if (opened || (place && present && place.from !== present.at)) void showSignature(view, ask);
        if (!present) return;
        if (!place) hideSignature(view);
        else if (place.from === present.at) {
          const active = activeOf(present, place.index, place.name);
          if (active !== present.active) view.dispatch({ effects: setSignature.of({ ...present, active }) });
        }
      });
    },
  }));
}

function typesBracket(changes: ViewUpdate['changes']): boolean {
  let found = false;
  changes.iterChanges((_fromA, _toA, _fromB, _toB, inserted) => {
    found ||= inserted.length <= 2 && inserted.sliceString(0).startsWith('(');
  });
  return found;
}

function tooltipOf({ at, name, parameters, active, doc }: Shown): Tooltip {
  return {
    pos: at,
    above: true,
    create: () => {
      const dom = document.createElement('div');
      dom.className = 'cm-signature';
      dom.setAttribute('role', 'status');
      dom.setAttribute('aria-label', strings.codeHelp.signature);
      const line = document.createElement('code');
      line.append(`${name}(`);
      for (const [index, parameter] of parameters.entries()) {
        if (index > 0) line.append(', ');
        const part = document.createElement(index === active ? 'strong' : 'span');
        part.textContent = parameter;
        line.append(part);
      }
      line.append(')');
      dom.append(line);
      if (doc !== '') {
        const said = document.createElement('p');
        said.textContent = doc;
        dom.append(said);
      }
      return { dom };
    },
  };
}

const looks = EditorView.theme({
  '.cm-tooltip.cm-signature': {
    maxInlineSize: 'min(40rem, 90vw)',
    padding: 'var(--space-1) var(--space-2)',
    borderRadius: 'var(--radius)',
  },
  '.cm-signature code': { fontSize: 'var(--size-1)', overflowWrap: 'anywhere' },
  '.cm-signature strong': { color: 'var(--accent)' },
  '.cm-signature p': { margin: '0', color: 'var(--ink-soft)', fontSize: 'var(--size-1)' },
});
