import { err, ok, type Result } from 'neverthrow';

export type Insert = { readonly table: string; readonly item: Fields };
export type Fields = Readonly<Record<string, unknown>>;

/** An error by DynamoDB's name, without the `Exception` that only some answers add. */
export type StatementRefusal = { readonly error: string; readonly message: string };

const PAIR = String.raw`'[^']+'\s*:\s*\?`;
const STATEMENT = new RegExp(
  String.raw`^\s*INSERT\s+INTO\s+"([\w.-]{3,255})"\s+VALUE` +
    String.raw`\s*\{\s*(${PAIR}(?:\s*,\s*${PAIR})*)\s*\}\s*$`,
  'i',
);
const FIELD = /'([^']+)'/g;

/**
 * Understands the one statement that this project sends, `INSERT INTO "table" VALUE {'name':?, …}`,
 * and refuses every other: a statement understood by half would be worse than none.
 */
export const parseInsert = (statement: unknown): Result<Insert, StatementRefusal> => {
  const { Statement: text, Parameters: parameters } = fieldsOf(statement);
  const [, table, fields] = (typeof text === 'string' && STATEMENT.exec(text)) || [];
  if (table === undefined || fields === undefined) {
    return refused("Statement wasn't well formed, can't be processed: only INSERT is known here");
  }
  const names = [...fields.matchAll(FIELD)].map(([, name = '']) => name);
  const values: readonly unknown[] = Array.isArray(parameters) ? parameters : [];
  if (values.length !== names.length) {
    return refused("Number of parameters in request and statement don't match.");
  }
  if (new Set(names).size !== names.length) return refused('An attribute is named twice.');
  return ok({ table, item: Object.fromEntries(names.map((name, i) => [name, values[i]])) });
};

export const fieldsOf = (value: unknown): Fields =>
  typeof value === 'object' && value !== null ? { ...value } : {};

const refused = (message: string): Result<never, StatementRefusal> =>
  err({ error: 'Validation', message });
