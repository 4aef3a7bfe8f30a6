/*
 * Runs infra/synth.ts for each of the lists of arguments, in one process: most of the time of a
 * synthesis is what it takes to load CDK and to compile it.
 */
export type Synthesis = { readonly args: readonly string[]; readonly isChecked: boolean };

const all = JSON.parse(process.argv[2] ?? '[]') as readonly Synthesis[];
for (const [at, { args, isChecked }] of all.entries()) {
  process.argv.splice(2, Infinity, ...args);
  if (isChecked) delete process.env['CDK_VALIDATION'];
  else process.env['CDK_VALIDATION'] = 'false';
  await import(new URL(`../../infra/synth.ts?${at}`, import.meta.url).href);
}
