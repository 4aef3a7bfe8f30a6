import { expect } from 'chai';
import { pages, readText } from '../docs/markdown.ts';
import { importCycles } from './cycles.ts';
import {
  BANNED_WORDS,
  BARE_PARTICIPLES,
  COLUMNS_MAX,
  IMPORT_CYCLES,
  NAMES_DECLARED_TWICE_MAX,
  WIDE_LINES,
} from './ratchets.ts';
import { parsedBelow, parseSource } from './source.ts';
import { wideLines } from './tidyRules.ts';
import { bareParticiples, namesDeclaredTwice } from './typeNames.ts';
import {
  BANNED,
  bannedIn,
  bannedInTests,
  bannedNames,
  prosePage,
  proseOf,
  titlesOf,
} from './words.ts';

const PLACES = {
  src: 'comments and texts of src',
  test: 'titles and comments of tests',
  docs: 'pages other than decisions',
};

export const describeRatchets = (): void => {
  describe('What may only become less', () => {
    const src = parsedBelow('src');
    // What lists the words has them.
    const tests = parsedBelow('test').filter(
      ({ path }) => !/^test\/architecture\/(?:words|ratchets)/.test(path),
    );

    for (const part of ['src', 'test'] as const) {
      it(`lines of ${part} that are wider than ${COLUMNS_MAX} columns`, () => {
        const wide = (part === 'src' ? src : tests).flatMap((file) => wideLines(file, COLUMNS_MAX));

        expect(wide.length, wide.slice(0, 3).join('\n')).to.be.at.most(WIDE_LINES[part]);
      });
    }

    describe('banned words', () => {
      const texts = {
        src: src.flatMap(proseOf),
        test: tests.flatMap(titlesOf),
        // Decisions stay as they were written.
        docs: pages()
          .filter((page) => !page.startsWith('docs/adr/'))
          .map((page) => prosePage(readText(page))),
      };

      for (const part of ['src', 'test', 'docs'] as const) {
        it(`in ${PLACES[part]}`, () => {
          const more = Object.entries(bannedIn(texts[part])).flatMap(([word, count]) => {
            const most = BANNED_WORDS[part][word] ?? 0;
            return count > most ? [`“${word}” ${count} times, say “${BANNED[word]?.say}”`] : [];
          });

          expect(more).to.deep.equal([]);
        });
      }
    });

    it('names with a word that the field has others for', () =>
      expect([
        ...[...src, ...tests].flatMap(bannedNames),
        ...tests.flatMap(bannedInTests),
      ]).to.deep.equal([]));

    it('groups of files that import each other, types included', () => {
      const isKnown = (cycle: readonly string[]): boolean =>
        IMPORT_CYCLES.some((known) => cycle.every((path) => known.includes(path)));

      expect(importCycles(src).filter((cycle) => !isKnown(cycle))).to.deep.equal([]);
    });

    it('type names that more than one file declares', () => {
      const twice = namesDeclaredTwice(src);

      expect(twice.length, twice.join(', ')).to.be.lessThan(NAMES_DECLARED_TWICE_MAX);
    });

    it('exported types that are a bare participle', () => {
      expect(
        src
          .flatMap(bareParticiples)
          .filter((found) => !BARE_PARTICIPLES.some((name) => found.endsWith(` ${name}`))),
      ).to.deep.equal([]);
    });

    describe('is found', () => {
      const parse = (path: string, text: string): ReturnType<typeof parseSource> =>
        parseSource({ path, text });

      it('as a wide line', () =>
        expect(
          wideLines({ path: 'a.ts', text: `${'x'.repeat(100)}\n${'x'.repeat(101)}` }, 100),
        ).to.deep.equal(['a.ts:2 is 101 wide']));

      for (const [text, words] of [
        ['// Gives the money back, or else tells.', ['else', 'give back', 'tell']],
        ['/** Of no\n * use: a letter. */', ['letter', 'of use']],
        ["throw new Error('It is made up');", ['made up']],
        ['// A dead letter has letters, digits and `else`.', []],
        ["const kind = 'letter';", []],
        ['if (a) b(); else c();', []],
      ] as const) {
        it(`as a banned word in ${JSON.stringify(text)}`, () =>
          expect(Object.keys(bannedIn(proseOf(parse('a.ts', text))))).to.have.members(words));
      }

      it('as a banned word in a title and a page, and not in data or code', () => {
        const test = parse('a.test.ts', "// Told.\nit('reckons', () => hear('the clerk said'));");

        expect(bannedIn(titlesOf(test))).to.deep.equal({ reckon: 1, tell: 1 });
        expect(bannedIn([prosePage('The clerk.\n\n```ts\nelse\n```\n\n    told\n')])).to.deep.equal(
          {
            clerk: 1,
          },
        );
      });

      it('as a banned word in a name, and in that of a file', () =>
        expect(bannedNames(parse('test/desk.ts', 'const createClerks = LINGER_MS;'))).to.deep.equal(
          ['desk', 'createClerks', 'LINGER_MS'].map((name) => `test/desk.ts has ${name}`),
        ));

      it('as a word of stored data in a variable of a test, and not in a key', () => {
        const test = parse('test/a.ts', 'const told = { letter: a.heard, deadLetters: 1 };');

        expect(bannedInTests(test)).to.deep.equal(['test/a.ts has told']);
      });

      it('as a cycle that only types make', () => {
        const files = [
          parse('src/a.ts', "import type { B } from './b.ts';"),
          parse('src/b.ts', "import { c } from './c.ts';"),
          parse('src/c.ts', "export * from './a.ts';"),
          parse('src/d.ts', "import './a.ts';"),
        ];

        expect(importCycles(files)).to.deep.equal([['src/a.ts', 'src/b.ts', 'src/c.ts']]);
      });

      it('as a name of two types', () => {
        const files = [
          parse('src/a.ts', 'export type Rest = 1; type Own = 1;'),
          parse('src/b.ts', 'const f = () => { type Rest = 2; };'),
        ];

        expect(namesDeclaredTwice(files)).to.deep.equal(['Rest']);
      });

      it('as a participle, alone and exported', () => {
        const text = `export type Learned = 1; export type Known = 1; type Moved = 1;
        export type MoneyMoved = 1; export type Setting = 1; export interface Held {}`;

        expect(bareParticiples(parse('src/a.ts', text))).to.deep.equal(
          ['Learned', 'Known', 'Held'].map((name) => `src/a.ts exports the type ${name}`),
        );
      });
    });
  });
};
