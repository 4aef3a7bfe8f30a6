import { sample, type Program } from './comparison.ts';
for (const p of process.argv.slice(2)) {
  const s = await sample(p as Program, { warmUp: 1000, orders: 3000, lines: 2 });
  console.log(
    p,
    JSON.stringify({ ...s, total: Object.values(s.requests).reduce((a, b) => a + b, 0) }, null, 1),
  );
}
