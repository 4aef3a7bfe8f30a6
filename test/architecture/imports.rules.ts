import { expect } from 'chai';
import { importViolations } from './importRules.ts';
import { parsedBelow, parseSource } from './source.ts';

export const describeImportRule = (): void => {
  describe('The import rule', () => {
    it('holds in every file', () => {
      const sources = parsedBelow('src');

      expect(sources.length).to.be.greaterThan(100);
      expect(importViolations(sources)).to.deep.equal([]);
    });

    it('holds within an order as its index lists the files: each uses only those before it', () => {
      const sources = parsedBelow('src').filter(({ path }) => path.startsWith('src/domain/order/'));
      const [index = '', ...files] = [
        sources.find(({ path }) => path.endsWith('/index.ts'))?.text.split('*/')[0],
        ...sources.map(({ path }) => /(\w+)\.ts$/.exec(path)?.[1] ?? ''),
      ];
      const order = [...index.matchAll(/`(\w+)`/g)]
        .map(([, name = '']) => name)
        .filter((name) => files.includes(name));
      expect(order.toSorted()).to.deep.equal(files.filter((name) => name !== 'index').toSorted());
      const used = sources.flatMap(({ path, imports }) =>
        imports.flatMap(({ specifier = '' }) => {
          const [from, to] = [path, specifier].map((file) => /(\w+)\.ts$/.exec(file)?.[1] ?? '');
          const isOwn = specifier.startsWith('./') && from !== 'index';
          return isOwn && order.indexOf(to ?? '') >= order.indexOf(from ?? '')
            ? [`${from}: ${to}`]
            : [];
        }),
      );
      expect(used).to.deep.equal([]);
    });

    describe('allows', () => {
      const allowed: readonly (readonly [from: string, text: string])[] = [
        [
          'src/domain/order/decide.ts',
          `import { ok } from 'neverthrow'; import '../money/index.ts';`,
        ],
        ['src/application/messages/schemas.ts', `import { z } from 'zod';`],
        ['src/application/documents/html.ts', `import { htmlEscape } from 'escape-goat';`],
        ['src/application/orders/drive.ts', `import type { Clock } from '../ports/clock.ts';`],
        ['src/adapters/sqs/queue.ts', `import { SQSClient } from '@aws-sdk/client-sqs';`],
        ['src/adapters/aws/clients.ts', `import { SQSClient } from '@aws-sdk/client-sqs';`],
        ['src/adapters/sqs/queue.ts', `import { createHash } from 'node:crypto';`],
        ['src/bootstrap/container.ts', `import 'inversify'; import '../adapters/sqs/queue.ts';`],
      ];
      for (const [from, text] of allowed) {
        it(`${from}: ${text}`, () => expect(violationsOf({ [from]: text })).to.deep.equal([]));
      }

      it('rules that two adapters share', () => {
        const sources = {
          'src/adapters/sqs/limits.ts': `import 'neverthrow';`,
          'src/adapters/memory/queue.ts': `import '../sqs/limits.ts';`,
        };
        expect(violationsOf(sources)).to.deep.equal([]);
      });
    });

    describe('refuses', () => {
      const refused: readonly (readonly [from: string, text: string, why: string])[] = [
        ['src/domain/a.ts', `import 'zod';`, 'the domain'],
        ['src/domain/a.ts', `import 'node:crypto';`, 'the domain'],
        ['src/domain/a.ts', `import { readFileSync } from 'fs';`, 'the domain'],
        [
          'src/domain/a.ts',
          `import type { Clock } from '../application/ports/clock.ts';`,
          'domain',
        ],
        ['src/domain/a.ts', `export * from '../adapters/sqs/limits.ts';`, 'the domain'],
        ['src/domain/a.ts', `export type { A } from '../application/a.ts';`, 'the domain'],
        ['src/domain/a.ts', `const later = import('../bootstrap/config.ts');`, 'the domain'],
        ['src/domain/a.ts', `type A = import('../application/a.ts').A;`, 'the domain'],
        ['src/domain/a.ts', `import fs = require('node:fs');`, 'the domain'],
        ['src/domain/a.ts', `const fs = require('node:fs');`, 'the domain'],
        ['src/domain/a.ts', `const name = 'node:fs'; void import(name);`, 'computed'],
        [
          'src/adapters/sqs/a.ts',
          `import('../../../node_modules/fauxqs/dist/app.js');`,
          'not adapters/sqs',
        ],
        ['src/application/orders/a.ts', `import 'zod';`, 'application/messages alone'],
        [
          'src/application/notification/a.ts',
          `import 'escape-goat';`,
          'application/documents alone',
        ],
        ['src/application/a.ts', `import '../adapters/memory/clock.ts';`, 'the application'],
        ['src/application/a.ts', `import '../bootstrap/container.ts';`, 'the application'],
        ['src/application/a.ts', `import 'node:timers';`, 'the application'],
        ['src/application/ports/a.ts', `import '../orders/drive.ts';`, 'a port'],
        ['src/application/audit/a.ts', `import '../ports/paymentGateway.ts';`, 'causes nothing'],
        ['src/application/log/a.ts', `import '../ports/messageQueue.ts';`, 'causes nothing'],
        ['src/application/readModel/a.ts', `import '../ports/notifier.ts';`, 'causes nothing'],
        ['src/application/trace/a.ts', `import '../ports/paymentGateway.ts';`, 'causes nothing'],
        ['src/adapters/sqs/a.ts', `import '../../application/orders/drive.ts';`, 'an adapter'],
        ['src/adapters/sqs/a.ts', `import '../../bootstrap/config.ts';`, 'an adapter'],
        ['src/adapters/sqs/a.ts', `import 'inversify';`, 'not adapters/sqs'],
        ['src/adapters/sqs/a.ts', `import 'reflect-metadata';`, 'not adapters/sqs'],
        ['src/adapters/sqs/a.ts', `import 'commander';`, 'not adapters/sqs'],
        ['src/adapters/sqs/a.ts', `import '@aws-sdk/client-dynamodb';`, 'not adapters/sqs'],
        [
          'src/adapters/sqs/a.ts',
          `import '@aws-sdk/client-sqs/dist/x.js'; import 'stripe';`,
          'stripe',
        ],
        [
          'src/adapters/aws/a.ts',
          `import '@aws-sdk/client-sqs';`,
          'only src/adapters/aws/clients.ts',
        ],
        ['src/bootstrap/a.ts', `import 'stripe';`, 'behind adapters'],
        ['src/elsewhere/a.ts', `import 'neverthrow';`, 'none of the four layers'],
      ];
      for (const [from, text, why] of refused) {
        it(`${from}: ${text}`, () => {
          const violations = violationsOf({ [from]: text });

          expect(violations).to.have.length(1);
          expect(violations[0]).to.include(`${from}:1 `).and.to.include(why);
        });
      }

      it("another technology's SDK, however far behind", () => {
        const sources = {
          'src/adapters/sqs/queue.ts': `import '@aws-sdk/client-sqs';`,
          'src/adapters/sqs/limits.ts': `import './queue.ts';`,
          'src/adapters/memory/queue.ts': `import '../sqs/limits.ts';`,
        };
        expect(violationsOf(sources)).to.deep.equal([
          "src/adapters/memory/queue.ts:1 imports ../sqs/limits.ts: adapters share rules, never another technology's SDK",
        ]);
      });
    });
  });
};

const violationsOf = (texts: Readonly<Record<string, string>>): readonly string[] =>
  importViolations(Object.entries(texts).map(([path, text]) => parseSource({ path, text })));
