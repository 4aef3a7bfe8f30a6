import { sample } from './comparison.ts';
const s = await sample('ours', {
  warmUp: 1000,
  orders: 5000,
  lines: 2,
  nodeOptions: ['--cpu-prof', '--cpu-prof-dir=/tmp/prof', '--cpu-prof-interval=200'],
});
console.log(s.cpuMicros);
