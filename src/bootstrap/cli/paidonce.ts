import { createLifecycle } from './common/lifecycle.ts';
import { giveUp, runProgram } from './program.ts';

const args = process.argv.slice(2);
const lifecycle = createLifecycle();

process.on('uncaughtException', (error) => giveUp(error, { args, lifecycle }));
process.on('unhandledRejection', (error) => giveUp(error, { args, lifecycle }));

await runProgram(args, lifecycle);
