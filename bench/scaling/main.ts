import { readFile, writeFile } from 'node:fs/promises';
import { format, resolveConfig } from 'prettier';
import { growthTables } from './growthTables.ts';
import { hotSpotTables } from './hotSpotTables.ts';
import { monthlyTables } from './monthly.ts';

const PAGE = new URL('../../docs/scaling.md', import.meta.url);
const OPERATIONS = new URL('../../docs/operations.md', import.meta.url);

type Tables = readonly (readonly [name: string, rows: string])[];

/** `<!-- scaling: name -->`, and what follows up to `<!-- end -->`. */
const blockOf = (name: string): RegExp =>
  new RegExp(`(<!-- scaling: ${name} -->\n)(.*?)(<!-- end -->)`, 's');

const withTables = async (page: string, tables: Tables): Promise<string> => {
  let text = page;
  for (const [name, rows] of tables) {
    if (!blockOf(name).test(text)) throw new Error(`the page has no place for ${name}`);
    text = text.replace(blockOf(name), (_, start, __, end) => `${start}\n${rows}\n\n${end}`);
  }
  return format(text, { ...(await resolveConfig(PAGE)), parser: 'markdown' });
};

/**
 * The page with the tables that the inputs, limits and simulations come to now; without races that
 * of them stays as it is.
 */
export const scalingPage = async (
  page: string,
  options?: { readonly races: boolean },
): Promise<string> => withTables(page, [...growthTables(), ...(await hotSpotTables(options))]);

/** docs/operations.md with what a month costs now. */
export const operationsPage = (page: string): Promise<string> => withTables(page, monthlyTables());

// `npm run docs:scaling`
if (import.meta.main) {
  await writeFile(PAGE, await scalingPage(await readFile(PAGE, 'utf8')));
  await writeFile(OPERATIONS, await operationsPage(await readFile(OPERATIONS, 'utf8')));
}
