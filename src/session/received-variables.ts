/** What a machine says of variables and of what can be written, brought into the shape that the page expects. */
import type { CallSignature, CompletionOption, Variable, VariableLevel, VariableList, VariableTable } from '../protocol/looks';
import { count, field, list, sentence, shortText, whole } from './received';

const VIEWS: readonly unknown[] = ['grid', 'tree'] satisfies Variable['view'][];
const TYPES: readonly unknown[] = [
  'class',
  'function',
  'method',
  'namespace',
  'property',
  'text',
  'variable',
] satisfies CompletionOption['type'][];

const countOrNull = (value: unknown): number | null => (whole(value) === null ? null : count(value));

function variable(value: unknown): Variable {
  const view = field(value, 'view');
  const shape = field(value, 'shape');
  return {
    name: shortText(field(value, 'name')),
    type: shortText(field(value, 'type')),
    shape: Array.isArray(shape) ? list(shape, count, 64) : null,
    length: countOrNull(field(value, 'length')),
    size: countOrNull(field(value, 'size')),
    text: shortText(field(value, 'text')),
    view: VIEWS.includes(view) ? (view as Variable['view']) : null,
  };
}

export function variableList(value: unknown): VariableList {
  return { variables: list(field(value, 'variables'), variable), found: count(field(value, 'found')), total: count(field(value, 'total')) };
}

export function variableTable(value: unknown): VariableTable | null {
  const id = sentence(field(value, 'id'));
  if (id === null) return null;
  const column = (item: unknown) => ({ name: shortText(field(item, 'name')), type: shortText(field(item, 'type')) });
  return { id, columns: list(field(value, 'columns'), column, 10_000), rowCount: count(field(value, 'rowCount')), rows: [] };
}

export function variableLevel(value: unknown): VariableLevel | null {
  if (value === null) return null;
  return {
    count: count(field(value, 'count')),
    children: list(field(value, 'children'), (child) => ({
      key: shortText(field(child, 'key')),
      type: shortText(field(child, 'type')),
      text: shortText(field(child, 'text')),
      count: count(field(child, 'count')),
    })),
  };
}

export function completionOptions(value: unknown): CompletionOption[] {
  return list(value, (option) => {
    const type = field(option, 'type');
    return {
      label: shortText(field(option, 'label')),
      type: TYPES.includes(type) ? (type as CompletionOption['type']) : 'variable',
      detail: shortText(field(option, 'detail')),
    };
  }).filter(({ label }) => label !== '');
}

export function callSignature(value: unknown): CallSignature | null {
  if (value === null) return null;
  return {
    name: shortText(field(value, 'name')),
    parameters: list(field(value, 'parameters'), shortText, 100),
    doc: shortText(field(value, 'doc')),
  };
}

export const variableDeleted = (value: unknown): { token: string | null } => ({ token: sentence(field(value, 'token')) });
export const variableRestored = (value: unknown): { restored: boolean } => ({ restored: field(value, 'restored') === true });
