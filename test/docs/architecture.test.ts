import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { fenced, listItems, readText, TOP } from './markdown.ts';

/** What a path of this repository begins with, in backticks. */
const PATH = /`((?:src|test|docs|model|bench)(?:\/[\w./<>-]+)?)`/g;

describe('docs/architecture.md', () => {
  const page = readText('docs/architecture.md');
  const named = [...page.matchAll(PATH)].map(([, path = '']) => path);

  it('names nothing that is not there', () => {
    const missing = named.filter((path) => !path.includes('<') && !existsSync(join(TOP, path)));

    expect(named.length).to.be.greaterThan(80);
    expect(missing).to.deep.equal([]);
  });

  it('has every folder of the four layers in its code map', () => {
    const map = page.slice(page.indexOf('## Code map'), page.indexOf('## How to add'));
    const entries = [...map.matchAll(PATH)].map(([, path = '']) => path);
    const folders = ['domain', 'application', 'adapters', 'bootstrap'].flatMap((layer) =>
      foldersIn(`src/${layer}`).flatMap((folder) => [folder, ...foldersIn(folder)]),
    );

    expect(folders.length).to.be.greaterThan(60);
    expect(folders.filter((folder) => !entries.some(isEntryOf(folder)))).to.deep.equal([]);
  });

  it('follows one order in ten steps, each with a file', () => {
    const start = page.indexOf('## One order');
    const steps = listItems(page.slice(start, page.indexOf('\n## ', start + 1)));

    expect(steps).to.have.length(10);
    for (const step of steps) expect(step).to.match(/`src\/[\w./]+\.ts`/);
  });

  it('shows how to swap the adapters as a test does it', () => {
    const [snippet = ''] = fenced(page, 'ts');
    const dedented = readText('test/bootstrap/pipeline.test.ts').replaceAll(/^ {4}/gm, '');

    expect(snippet).to.include('createContainer(application, memory())');
    expect(dedented).to.include(snippet);
  });
});

const foldersIn = (folder: string): readonly string[] =>
  readdirSync(join(TOP, folder), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => `${folder}/${name}`);

/** `src/bootstrap/cli/<command>` stands for each of its folders. */
const isEntryOf =
  (folder: string) =>
  (entry: string): boolean =>
    entry === folder || (entry.endsWith('>') && entry.replace(/<\w+>$/, '') === parentOf(folder));

const parentOf = (folder: string): string => folder.slice(0, folder.lastIndexOf('/') + 1);
