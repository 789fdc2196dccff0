/** What stands before the cursor in Python code, as what could be written there is asked for. */
import { ensureSyntaxTree, syntaxTree } from '@codemirror/language';
import type { EditorState } from '@codemirror/state';
import type { CompletionRequest } from '../session';

type SyntaxNode = ReturnType<ReturnType<typeof syntaxTree>['resolveInner']>;

export interface CompletionPlace extends CompletionRequest {
  /** Where what is written of it begins. */
  from: number;
  /** What closes a key: its quotation mark and the bracket. */
  quote: string;
}

export interface CallPlace {
  /** What is called. */
  expression: string;
  /** Of the brackets. */
  from: number;
  /** How many arguments stand before the cursor, and the name of the one that is being written, if it is given by name. */
  index: number;
  name: string | null;
}

/** Longer code is not looked at for an expression. */
const LONGEST = 1000;
/** How long reading code up to the cursor may take, ms. */
const LONGEST_PARSE = 500;
const WORD = /[\p{L}\p{N}_]*$/u;
const STRING_START = /^[a-zA-Z]*("""|'''|"|')/;

/** What could be written at `pos`; null where nothing can be known: in comments, for new names. */
export function completionPlace(state: EditorState, pos: number): CompletionPlace | null {
  const node = treeAt(state, pos).resolveInner(pos, -1);
  if (node.name === 'Comment') return null;
  const line = state.doc.lineAt(pos);
  const before = state.sliceDoc(line.from, pos);
  const prefix = WORD.exec(before)?.[0] ?? '';
  const from = pos - prefix.length;
  const text = stringAt(node, state, pos);
  if (text) return text;
  const importing = importPlace(before, prefix, from);
  if (importing) return importing;
  const dot = /\.\s*$/.exec(state.sliceDoc(line.from, from));
  if (dot) {
    const expression = expressionBefore(state, from - dot[0].length);
    return expression === '' ? null : { what: 'attribute', expression, prefix, call: '', from, quote: '' };
  }
  // A number is being written.
  if (/^\d/.test(prefix)) return null;
  return { what: 'name', expression: '', prefix, call: callPlace(state, pos)?.expression ?? '', from, quote: '' };
}

/** The call in whose brackets `pos` is. */
export function callPlace(state: EditorState, pos: number): CallPlace | null {
  let node: SyntaxNode | null = treeAt(state, pos).resolveInner(pos, -1);
  while (node && !(node.name === 'ArgList' && node.from < pos && (pos < node.to || state.sliceDoc(node.to - 1, node.to) !== ')'))) {
    // Code of a function that is an argument is no argument any more.
    if (node.name === 'Body' || node.name === 'Script') return null;
    node = node.parent;
  }
  const called = node?.parent?.name === 'CallExpression' ? node.parent.firstChild : null;
  if (!node || !called) return null;
  let index = 0;
  let name: string | null = null;
  let first: SyntaxNode | null = null;
  for (let child = node.firstChild; child && child.from < pos; child = child.nextSibling) {
    if (child.name === ',') {
      index += 1;
      first = null;
      name = null;
    } else if (child.name === 'AssignOp' && first) name = state.sliceDoc(first.from, first.to);
    else if (child.name !== '(') first ??= child;
  }
  const expression = state.sliceDoc(called.from, called.to);
  return expression.length > LONGEST ? null : { expression, from: node.from, index, name };
}

/** What was read of the code, to `pos` at least if there is time for that. */
const treeAt = (state: EditorState, pos: number) => ensureSyntaxTree(state, pos, LONGEST_PARSE) ?? syntaxTree(state);

/** In a string: the key of a subscript, otherwise a path. */
function stringAt(node: SyntaxNode, state: EditorState, pos: number): CompletionPlace | null {
  if (node.name !== 'String' || pos <= node.from) return null;
  const start = STRING_START.exec(state.sliceDoc(node.from, Math.min(node.to, node.from + 6)));
  if (!start?.[1] || pos < node.from + start[0].length) return null;
  const text = state.sliceDoc(node.from, node.to);
  const closed = text.length >= start[0].length + start[1].length && text.endsWith(start[1]);
  if (closed && pos === node.to) return null;
  const begin = node.from + start[0].length;
  const prefix = state.sliceDoc(begin, pos);
  if (prefix.includes('\n')) return null;
  // df["a"], and df[["a", "b"]].
  const list = node.parent?.name === 'ArrayExpression' ? node.parent : node;
  const subscript = list.parent?.name === 'MemberExpression' ? list.parent : null;
  const owner = subscript?.firstChild;
  const bracket = owner?.nextSibling;
  if (owner && bracket?.name === '[' && bracket.from < list.from) {
    const expression = state.sliceDoc(owner.from, owner.to);
    if (expression.length > LONGEST) return null;
    return { what: 'item', expression, prefix, call: '', from: begin, quote: start[1] };
  }
  const folder = prefix.lastIndexOf('/') + 1;
  return { what: 'path', expression: '', prefix, call: '', from: begin + folder, quote: start[1] };
}

function importPlace(before: string, prefix: string, from: number): CompletionPlace | null {
  const member = /^\s*from\s+([\w.]+)\s+import\s+(?:\(?[\w\s,]*,)?\(?\s*\w*$/u.exec(before);
  if (member?.[1]) return { what: 'member', expression: member[1], prefix, call: '', from, quote: '' };
  const module = /^\s*(?:from|import)\s+(?:[\w.\s,]*,\s*)?([\w.]*)$/u.exec(before);
  if (!module) return null;
  const path = module[1] ?? '';
  return { what: 'import', expression: path.slice(0, Math.max(0, path.lastIndexOf('.'))), prefix, call: '', from, quote: '' };
}

/** The expression that ends at `end`: names, dots, strings, and what stands in brackets. */
function expressionBefore(state: EditorState, end: number): string {
  let node: SyntaxNode | null = treeAt(state, end).resolveInner(end, -1);
  if (node.to !== end) return '';
  while (node.parent && node.parent.to === end && EXPRESSIONS.includes(node.parent.name)) node = node.parent;
  if (node.to - node.from > LONGEST) return '';
  return /^\d+$/.test(state.sliceDoc(node.from, end)) ? '' : state.sliceDoc(node.from, end);
}

const EXPRESSIONS: readonly string[] = [
  'ArgList',
  'ArrayExpression',
  'CallExpression',
  'DictionaryExpression',
  'FormatString',
  'MemberExpression',
  'ParenthesizedExpression',
  'SetExpression',
  'String',
  'TupleExpression',
];
