import { existsSync } from 'node:fs';
import { join, posix } from 'node:path';
import { expect } from 'chai';
import { sourcesBelow } from '../architecture/source.ts';
import { pages, readText, TOP } from './markdown.ts';

describe('README.md', () => {
  const lines = readText('README.md').split('\n');

  it('is short', () => expect(lines.length).to.be.lessThan(200));
});

describe('The documentation', () => {
  const links = pages().flatMap((page) =>
    [...readText(page).matchAll(/\]\(([^)\s]+)\)/g)]
      .map(([, target = '']) => target)
      .filter((target) => !/^https?:/.test(target))
      .map((target) => ({ page, target })),
  );

  it('has no line that a terminal or a review would wrap, and no table that is much wider', () => {
    // A link may be as long as it is; a decision table has to be one table.
    const wide = pages().flatMap((page) =>
      linesOfProse(readText(page))
        .filter((line) => line.length > (line.startsWith('|') ? 200 : 120))
        .map((line) => `${page}: ${line}`),
    );

    expect(wide).to.deep.equal([]);
  });

  it('links to what there is', () => {
    const dead = links.filter(({ page, target }) => {
      const path = posix.join(posix.dirname(page), target.replace(/#.*/, ''));
      return !existsSync(join(TOP, target.startsWith('#') ? page : path));
    });

    expect(links.length).to.be.greaterThan(30);
    expect(dead).to.deep.equal([]);
  });

  it('links to headings that there are', () => {
    const dead = links.filter(({ page, target }) => {
      const [file = '', heading] = target.split('#');
      const path = file === '' ? page : posix.join(posix.dirname(page), file);
      return heading !== undefined && !anchorsOf(readText(path)).has(heading);
    });

    expect(dead).to.deep.equal([]);
  });

  it('calls the program by its name, since with `npx` it may be a stranger’s package', () => {
    const texts = [
      ...pages().map((path) => ({ path, text: readText(path) })),
      ...sourcesBelow('src'),
    ];
    const bare = texts.flatMap(({ path, text }) =>
      /\b(npx|npm (exec|x|i|install)( -g)?) @?paidonce/.test(text) ? [path] : [],
    );

    expect(bare).to.deep.equal([]);
  });

  it('has each decision that the sources refer to, and lists every one', () => {
    const decisions = pages().flatMap((page) => /^docs\/adr\/(\d{4})-/.exec(page)?.[1] ?? []);
    const referred = [...sourcesBelow('src'), ...sourcesBelow('test')].flatMap(({ text }) =>
      [...text.matchAll(/\bADR (\d{4})\b/g)].map(([, number]) => number),
    );

    expect(referred).to.have.length.greaterThan(3);
    expect(decisions).to.include.members(referred);
  });

  it('lists each decision once, in order, by its own title', () => {
    const decisions = pages()
      .filter((page) => /^docs\/adr\/\d{4}-/.test(page))
      .toSorted();
    const [, ...items] = readText('docs/adr/README.md').split(/^- /m);
    expect(items.map((item) => item.replaceAll(/\s+/g, ' ').trim())).to.deep.equal(
      decisions.map((page) => {
        const [, number = '', title = ''] = /^# (\d+)\. (.*)$/m.exec(readText(page)) ?? [];
        return `[${number.padStart(4, '0')} ${title}](${posix.basename(page)})`;
      }),
    );
  });
});

const linesOfProse = (markdown: string): readonly string[] =>
  markdown
    .replaceAll(/^```.*?^```/gms, '')
    .split('\n')
    .filter((line) => !/^ {4}|\(https?:|^ *\[?\S+$/.test(line));

/** As GitHub makes them. */
const anchorsOf = (markdown: string): ReadonlySet<string> =>
  new Set(
    [...markdown.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
        .trim()
        .replaceAll(' ', '-'),
    ),
  );
