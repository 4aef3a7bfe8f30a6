#!/usr/bin/env node
// JavaScript that an old Node can read too: where the program cannot run, a sentence says why and
// what to do. In a checkout it runs the sources, in an installed package what was made of them.
import { existsSync } from 'node:fs';
import module from 'node:module';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const SOURCES = new URL('bootstrap/cli/paidonce.ts', import.meta.url);
const COMPILED = new URL('../dist/cli/paidonce.js', import.meta.url);
const CACHE = new URL('../node_modules/.cache/paidonce', import.meta.url);
const MAJOR_MIN = 20;

const { node } = process.versions;
const isCheckout = existsSync(SOURCES);

const refuse = (message, ...details) => {
  const error = { type: 'Installation', message, details };
  const text = [`error: ${message}`, ...details.map((detail) => `  ${detail}`)].join('\n');
  process.stderr.write(`${process.argv.includes('--json') ? JSON.stringify({ error }) : text}\n`);
  process.exitCode = 1;
};

const run = async () => {
  // Half of a start would otherwise be spent on compiling what has not changed since the last one.
  // Whoever can write to this folder could change the program itself; Node's own default is a
  // folder for temporary files, where any user of the machine could leave code for a process that
  // holds keys. Where the folder cannot be written, nothing is cached and nothing is said.
  // NODE_COMPILE_CACHE and NODE_DISABLE_COMPILE_CACHE come before it. Node 20 has no such cache.
  module.enableCompileCache?.(fileURLToPath(CACHE));
  // Only what is imported from here on is cached.
  await import((isCheckout ? SOURCES : COMPILED).href);
};

if (Number(node.split('.')[0]) < MAJOR_MIN) {
  refuse(`Paidonce needs Node ${MAJOR_MIN} or newer, and this is Node ${node}.`);
} else if (isCheckout && !process.features.typescript) {
  refuse(
    `A checkout of Paidonce runs its sources, on Node 22.18 or newer, and this is Node ${node}.`,
    'On Linux (glibc) and Windows `npm ci` brings a Node that will do: `npx paidonce` then uses it.',
    'Or install a newer Node, or the packed program, which runs on Node 20 (docs/install.md).',
  );
} else {
  await run().catch((error) => {
    if (!isCheckout || error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
    refuse(
      'The packages that Paidonce needs are not all installed in this checkout. Run `npm ci`.',
      error.message,
    );
  });
}
