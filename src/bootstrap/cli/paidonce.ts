import { createLifecycle } from './common/lifecycle.ts';
import { newerNodeFor, runWith } from './newerNode.ts';
import { adaptNode } from './olderNode.ts';
import { giveUp, runProgram } from './program.ts';

const args = process.argv.slice(2);

const run = async (): Promise<void> => {
  adaptNode();
  const lifecycle = createLifecycle();
  process.on('uncaughtException', (error) => giveUp(error, { args, lifecycle }));
  process.on('unhandledRejection', (error) => giveUp(error, { args, lifecycle }));
  await runProgram(args, lifecycle);
};

const node = await newerNodeFor(args);
if (node === undefined) await run();
else process.exitCode = await runWith(node);
