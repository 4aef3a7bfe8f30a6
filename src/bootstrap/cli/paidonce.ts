#!/usr/bin/env node
import { enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';

// Half of a start would otherwise be spent on compiling what has not changed since the last one.
// Whoever can write to this folder could change the program itself; Node's own default is a folder
// for temporary files, where any user of the machine could leave code for a process that holds
// keys. Where the folder cannot be written, nothing is cached and nothing is said.
// NODE_COMPILE_CACHE and NODE_DISABLE_COMPILE_CACHE come before it.
enableCompileCache(
  fileURLToPath(new URL('../../../node_modules/.cache/paidonce', import.meta.url)),
);

// Only what is imported from here on is cached.
const { createLifecycle } = await import('./common/lifecycle.ts');
const { giveUp, runProgram } = await import('./program.ts');

const args = process.argv.slice(2);
const lifecycle = createLifecycle();

process.on('uncaughtException', (error) => giveUp(error, { args, lifecycle }));
process.on('unhandledRejection', (error) => giveUp(error, { args, lifecycle }));

await runProgram(args, lifecycle);
