import { htmlEscape } from 'escape-goat';
import type { TimelineStep, Timeline } from '../../../application/trace/timeline.ts';
import { htmlStyle } from './htmlStyle.ts';
import { durationOf, PHASES } from './picture.ts';
import { plainText } from './text.ts';
import { timeOf } from '../shared/text.ts';

/** One page that needs no other: the picture, the steps behind it, what it cost, and what is not known. */
export const htmlPage = (
  timeline: Timeline,
  { title, picture }: { readonly title: string; readonly picture: string },
): string => {
  const { steps, cost, missing, notes } = timeline;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${text(title)}</title>
<style>${htmlStyle}</style>
</head>
<body>
<main>
<h1>Order <code>${text(timeline.orderId)}</code></h1>
<dl class="summary">
${summaryOf(timeline)
  .map(([name, value]) => `<div><dt>${text(name)}</dt><dd>${text(value)}</dd></div>`)
  .join('\n')}
</dl>
${warnings('What could not be asked', missing)}
${warnings('What is not certain', notes)}
<figure>
<div class="scroll" role="region" aria-label="Sequence diagram" tabindex="0">
${picture}
</div>
<figcaption>${LEGEND}</figcaption>
</figure>
<h2 id="steps">Every step</h2>
<table class="steps" aria-labelledby="steps">
<thead><tr>${['#', ...COLUMNS].map((name) => `<th scope="col">${name}</th>`).join('')}</tr></thead>
<tbody>
${steps.map((step, at) => rowOf(step, at, steps)).join('\n')}
</tbody>
</table>
<h2 id="cost">What it cost</h2>
<table class="cost" aria-labelledby="cost">
<thead><tr><th scope="col">for</th><th scope="col">how much</th><th scope="col">US dollars</th></tr></thead>
<tbody>
${cost.items
  .map(
    ({ what, quantity, unit, microUsd }) =>
      `<tr><th scope="row">${text(what)}</th><td>${text(`${quantity} ${unit}`)}</td><td class="number">${dollars(microUsd)}</td></tr>`,
  )
  .join('\n')}
</tbody>
<tfoot><tr><th scope="row" colspan="2">together, at list prices</th><td class="number">${dollars(cost.microUsd)}</td></tr></tfoot>
</table>
</main>
</body>
</html>
`;
};

/** Whatever it is, it is text here: ids and reasons come from outside. */
const text = (value: string): string => htmlEscape(plainText(value));

const LEGEND =
  'Time runs downwards. A red cross ends an arrow that was refused; a dashed one is of what nobody answered, so that whether it took place was not known then. The table below has every step in full.';

const COLUMNS = ['time', 'phase', 'who', 'what', 'known from', 'came from'] as const;

const summaryOf = ({ steps, status, cost }: Timeline): readonly (readonly [string, string])[] => {
  const [first, last] = [steps[0], steps.at(-1)];
  const counts = (['lost', 'refused', 'waited'] as const).flatMap((kind) => {
    const count = steps.filter((step) => step.kind === kind).length;
    return count === 0 ? [] : [[KINDS[kind], String(count)] as const];
  });
  return [
    ['status', status],
    ...(first && last
      ? ([
          ['began', timeOf(first.at)],
          ['took', durationOf(last.at - first.at)],
        ] as const)
      : []),
    ['steps', String(steps.length)],
    ...counts,
    ['cost', `$${dollars(cost.microUsd)}`],
  ];
};

const KINDS: Readonly<Record<TimelineStep['kind'], string>> = {
  done: 'done',
  lost: 'outcome not known',
  refused: 'refused',
  waited: 'waited',
};

const warnings = (head: string, lines: readonly string[]): string =>
  lines.length === 0
    ? ''
    : `<section class="warning"><h2>${head}</h2><ul>${lines.map((line) => `<li>${text(line)}</li>`).join('')}</ul></section>`;

const rowOf = (step: TimelineStep, at: number, steps: readonly TimelineStep[]): string => {
  const { kind, phase, from, to, what, source, cause, versions = [] } = step;
  const cells: Readonly<Record<(typeof COLUMNS)[number], string>> = {
    time: text(timeOf(step.at)),
    phase: PHASES[phase],
    who: text(from === to ? from : `${from} → ${to}`),
    what: `${kind === 'done' ? '' : `<strong>${KINDS[kind]}</strong> `}${text(what)}${detailsOf(step)}`,
    'known from': text(versions.length > 0 ? `${source} ${versions.join(', ')}` : source),
    'came from':
      cause !== undefined && cause in steps ? `<a href="#s${cause + 1}">${cause + 1}</a>` : '',
  };
  const fields = COLUMNS.map((name) => `<td data-name="${name}">${cells[name]}</td>`).join('');
  return `<tr id="s${at + 1}" class="${kind}"><th scope="row">${at + 1}</th>${fields}</tr>`;
};

const detailsOf = ({ by, messageId, attempt, details }: TimelineStep): string => {
  const facts = Object.entries({
    ...(by !== undefined && { process: by }),
    ...(messageId !== undefined && { message: messageId }),
    ...(attempt !== undefined && { receive: attempt }),
    ...details,
  });
  if (facts.length === 0) return '';
  const list = facts.map(
    ([name, value]) => `<dt>${text(name)}</dt><dd>${text(String(value))}</dd>`,
  );
  return `<dl>${list.join('')}</dl>`;
};

const dollars = (microUsd: number): string => (microUsd / 1_000_000).toFixed(6);
