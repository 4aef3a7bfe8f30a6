import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { breakingChanges, type JsonSchema } from './jsonOutput/additive.ts';
import { outputSchemas } from './jsonOutput/index.ts';
import { commandReference } from './cliReference.ts';

/** The files of `docs/cli` that are made from the program, by their names. */
export const cliDocs = async (): Promise<ReadonlyMap<string, string>> =>
  new Map([
    ['reference.md', await commandReference()],
    ...[...outputSchemas()].map(
      ([name, schema]) => [name, `${JSON.stringify(schema, undefined, 2)}\n`] as const,
    ),
  ]);

/**
 * The changes that a reader of the former JSON could miss; they are the reason why nothing is
 * written then.
 */
const broken = async (folder: string): Promise<readonly string[]> => {
  const changes: string[] = [];
  for (const [name, schema] of outputSchemas()) {
    const path = join(folder, name);
    if (!existsSync(path)) continue;
    const former = JSON.parse(await readFile(path, 'utf8')) as JsonSchema;
    changes.push(...breakingChanges(former, schema).map((change) => `${name}: ${change}`));
  }
  return changes;
};

const exportCliDocs = async (folder: string): Promise<void> => {
  await mkdir(folder, { recursive: true });
  const changes = await broken(folder);
  if (changes.length > 0) {
    throw new Error(`readers of --json would miss something:\n${changes.join('\n')}`);
  }
  const docs = await cliDocs();
  for (const name of await readdir(folder)) {
    if (!docs.has(name) && name !== 'README.md') await rm(join(folder, name));
  }
  for (const [name, text] of docs) await writeFile(join(folder, name), text);
};

// `npm run docs:cli`
if (import.meta.main) await exportCliDocs(join(import.meta.dirname, '../../docs/cli'));
