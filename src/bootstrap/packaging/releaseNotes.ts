/*
 * Prints the notes of the release that a tag names, as CHANGELOG.md has them, for
 * .github/workflows/release.yml:
 *
 *  node src/bootstrap/packaging/releaseNotes.ts v0.3.0
 *
 * It ends with 1, and says why, for a tag that is not the version of all packages, and for a
 * version without a dated section of its own.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { err, ok, type Result } from 'neverthrow';
import { TOP } from './bundle.ts';

const PACKAGES = ['package.json', 'src/package.json', 'embedded/package.json'];

/** The section of a version, without its heading. Until it is dated it is not released. */
export const notesOf = (changelog: string, version: string): Result<string, string> => {
  const section = changelog
    .split(/^## /m)
    .slice(1)
    .find((one) => one.startsWith(`[${version}] `) || one.startsWith(`[Unreleased] ${version}\n`));
  if (section === undefined) return err(`CHANGELOG.md has no section of ${version}`);
  const [heading = '', ...lines] = section.split('\n');
  if (!/^\S+ - \d{4}-\d\d-\d\d$/.test(heading)) {
    return err(`the heading of ${version} in CHANGELOG.md is not [${version}] - YYYY-MM-DD`);
  }
  return ok(`${lines.join('\n').trim()}\n`);
};

const read = (path: string): Promise<string> => readFile(join(TOP, path), 'utf8');

const notesOfTag = async (tag: string): Promise<Result<string, string>> => {
  const version = tag.replace(/^v/, '');
  for (const path of PACKAGES) {
    const { version: found } = JSON.parse(await read(path)) as { readonly version: string };
    if (found !== version) return err(`${tag} is not the version of ${path}, which is ${found}`);
  }
  return notesOf(await read('CHANGELOG.md'), version);
};

if (import.meta.main) {
  const notes = await notesOfTag(process.argv[2] ?? '');
  if (notes.isErr()) process.stderr.write(`error: ${notes.error}\n`);
  else process.stdout.write(notes.value);
  process.exitCode = notes.isOk() ? 0 : 1;
}
