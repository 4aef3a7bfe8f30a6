import { expect } from 'chai';
import { outOfOrder } from './readingOrder.ts';
import { parsedBelow, parseSource, type ParsedSource } from './source.ts';
import {
  asynchrony,
  defaultCases,
  FILE_LINES_MAX,
  impurities,
  longFiles,
  suppressions,
} from './tidyRules.ts';

type Rule = (source: ParsedSource) => readonly string[];

export const describeTidiness = (): void => {
  describe('The source', () => {
    const src = parsedBelow('src');
    const everything = [...src, ...parsedBelow('test')];

    describe('of domain and application takes time, chance and effects from ports alone', () => {
      it('in every file', () => expect(src.flatMap(impurities)).to.deep.equal([]));

      for (const text of [
        'Date.now();',
        'new Date();',
        'Date();',
        `Date['now']();`,
        'Math.random();',
        'setTimeout(act, 1);',
        'const later = setInterval;',
        'process.exit();',
        'crypto.randomUUID();',
        'globalThis.crypto.randomUUID();',
        'console.log(1);',
        'const { env } = process;',
        'performance.now();',
      ]) {
        it(`refuses ${text}`, () => {
          expect(offences(impurities, 'src/domain/order/decide.ts', text)).to.have.length(1);
          expect(offences(impurities, 'src/application/log/eventStreams.ts', text)).to.have.length(
            1,
          );
          expect(offences(impurities, 'src/adapters/system/clock.ts', text)).to.have.length(0);
        });
      }

      for (const text of [
        'new Date(issuedAt).toISOString();',
        'Math.min(1, 2);',
        'clock.process.console;',
        'const step = { process: 1 };',
        'type Step = { readonly process: number };',
      ]) {
        it(`allows ${text}`, () => {
          expect(offences(impurities, 'src/domain/order/decide.ts', text)).to.have.length(0);
        });
      }
    });

    describe('of the domain waits for nothing', () => {
      it('in any file', () => expect(src.flatMap(asynchrony)).to.deep.equal([]));

      for (const text of ['const f = async () => 1;', 'async function f() {}', 'new Promise(f);']) {
        it(`refuses ${text}`, () => {
          expect(offences(asynchrony, 'src/domain/order/decide.ts', text)).to.have.length(1);
          expect(offences(asynchrony, 'src/application/log/eventStreams.ts', text)).to.have.length(
            0,
          );
        });
      }
    });

    describe('of domain and application has no default in a switch', () => {
      it('in any file', () => expect(src.flatMap(defaultCases)).to.deep.equal([]));

      it('refuses one', () => {
        const text = `switch (event.type) {\n  case 'A': break;\n  default: break;\n}`;
        expect(offences(defaultCases, 'src/domain/order/state.ts', text)).to.deep.equal([
          'src/domain/order/state.ts:3 has a default',
        ]);
      });
    });

    describe(`has no file of more than ${FILE_LINES_MAX} lines`, () => {
      it('at all', () => expect(src.flatMap(longFiles)).to.deep.equal([]));

      it('refuses one more line', () => {
        expect(offences(longFiles, 'src/a.ts', ';\n'.repeat(FILE_LINES_MAX))).to.have.length(0);
        expect(offences(longFiles, 'src/a.ts', ';\n'.repeat(FILE_LINES_MAX + 1))).to.deep.equal([
          `src/a.ts has ${FILE_LINES_MAX + 1} lines`,
        ]);
      });
    });

    describe('of an order is read from top to bottom, as its index says', () => {
      it('in every file', () => expect(outOfOrder('src/domain/order', src)).to.deep.equal([]));

      it('refuses a file that uses a later one, or that is not named', () => {
        const files = [
          ['index', '/** `state`, then `decide`. */'],
          ['state', "import { decide } from './decide.ts';"],
          ['decide', "import type { Content } from './content.ts';"],
          ['content', ''],
        ].map(([name, text = '']) => parseSource({ path: `src/domain/a/${name}.ts`, text }));

        expect(outOfOrder('src/domain/a', files)).to.deep.equal([
          'state.ts uses decide.ts',
          'content.ts is not named',
        ]);
      });
    });

    describe('switches no check off', () => {
      it('in any file, tests included', () => {
        expect(everything.flatMap(suppressions)).to.deep.equal([]);
      });

      // The rule is tried on texts that break it; nothing is switched off here.
      for (const comment of ['// @ts-ignore', '/* oxlint-disable no-console */']) {
        it(`refuses ${comment}`, () => {
          expect(offences(suppressions, 'test/a.test.ts', `${comment}\n;`)).to.have.length(1);
        });
      }
    });
  });
};

const offences = (rule: Rule, path: string, text: string): readonly string[] =>
  rule(parseSource({ path, text }));
