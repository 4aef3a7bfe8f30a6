/**
 * Codes such as `D4`, `R4'` and `hole 5`, by which tests, comments and pages cite docs/protocol.md.
 */

const CODE = "[A-Z]\\d{1,2}'?";
const RANGE = `${CODE}(?:–|-| to )${CODE}`;
const HOLE = '(?:holes? )?\\d{1,2}[a-c]?';
const ITEM = `(?:${RANGE}|${CODE}|holes? \\d{1,2}[a-c]?)`;
const LIST = `${ITEM}(?:(?:, | and )${ITEM})*`;

/**
 * The forms in which a code is recognised, and no others, so that no model number, path of a
 * picture or service of Amazon's is taken for one:
 *
 * - a pair of parentheses that holds codes alone: `(X1, D2)`, `(I1 to I16, E1 to E3)`,
 *   `(C8, hole 5c)`;
 * - codes before a colon at the start of a comment, a string or italics: `'Q7, F7: deletes …'`;
 * - a hole by its number, anywhere: `hole 14`.
 *
 * A code in running text ("by R5, …") is not recognised.
 */
const FORMS: readonly RegExp[] = [
  new RegExp(`\\((${LIST})\\)`, 'g'),
  new RegExp(`(?:['"\`]|(?<![\\w*])_|// |/\\*\\* |^ *\\* )(${LIST}):(?= )`, 'gm'),
  /\b(holes? \d{1,2}[a-c]?)\b/g,
];

/** What a text cites: single codes, and ranges by both of their ends. */
export const citedIn = (text: string): ReadonlySet<string> =>
  new Set(
    FORMS.flatMap((form) => [...text.matchAll(form)]).flatMap(([, list = '']) =>
      [...list.matchAll(new RegExp(`${CODE}|${HOLE}`, 'g'))].map(([code]) => codeOf(code)),
    ),
  );

/** `hole 5` for `hole 5c`. */
const codeOf = (cited: string): string => cited.replace(/^holes? (\d+).*/, 'hole $1');

/** A code between the ends of a range that a text cites is cited, too. */
export const rangesIn = (text: string): readonly (readonly [from: string, to: string])[] =>
  FORMS.flatMap((form) => [...text.matchAll(form)]).flatMap(([, list = '']) =>
    [...list.matchAll(new RegExp(RANGE, 'g'))].map(([range]) => {
      const [from = '', to = ''] = range.split(/–|-| to /);
      return [from, to] as const;
    }),
  );

export type Definition = { readonly code: string; readonly text: string };

/** A list item of docs/protocol.md that begins with a bold code; a hole begins with its number. */
export const definitionsIn = (items: readonly string[]): readonly Definition[] =>
  items.flatMap((text) => {
    const [, code, hole] = /^\*\*(?:([A-Z]\d{1,2}'?)|Hole (\d{1,2}))\*\*/.exec(text) ?? [];
    if (code !== undefined) return [{ code, text }];
    return hole === undefined ? [] : [{ code: `hole ${hole}`, text }];
  });
