import { htmlEscape } from 'escape-goat';
import type { TimelineStep, Timeline } from '../../../application/trace/timeline.ts';
import { dollarsOf, durationOf, timeOf } from '../common/text.ts';
import { PHASES, titleOf } from './picture.ts';
import { drawSvg } from './svg.ts';
import { plainText } from './text.ts';

/**
 * One page that needs no other: the picture, the steps behind it, what it cost, and what is not
 * known.
 */
export const drawHtml = (timeline: Timeline): string => {
  const { steps, cost, missing, notes } = timeline;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${text(titleOf(timeline))}</title>
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
<div class="scroll" role="region" aria-label="Picture of the life" tabindex="0">
${drawSvg(timeline)}
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
<thead><tr>
<th scope="col">for</th><th scope="col">how much</th><th scope="col">US dollars</th>
</tr></thead>
<tbody>
${cost.items
  .map(
    ({ what, quantity, unit, microUsd }) =>
      `<tr><th scope="row">${text(what)}</th><td>${text(`${quantity} ${unit}`)}</td>` +
      `<td class="number">${dollarsOf(microUsd)}</td></tr>`,
  )
  .join('\n')}
</tbody>
<tfoot><tr><th scope="row" colspan="2">together, at list prices</th>
<td class="number">${dollarsOf(cost.microUsd)}</td></tr></tfoot>
</table>
</main>
</body>
</html>
`;
};

/** Makes any value a text here: ids and reasons come from outside. */
const text = (value: string): string => htmlEscape(plainText(value));

const LEGEND =
  'Time runs downwards. A red cross ends an arrow that was refused; a dashed one is of what ' +
  'nobody answered, so that whether it took place was not known then. The table below has ' +
  'every step in full.';

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
    ['cost', `$${dollarsOf(cost.microUsd)}`],
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
    : `<section class="warning"><h2>${head}</h2><ul>` +
      lines.map((line) => `<li>${text(line)}</li>`).join('') +
      '</ul></section>';

const rowOf = (step: TimelineStep, at: number, steps: readonly TimelineStep[]): string => {
  const { kind, phase, from, to, what, source, cause, versions = [] } = step;
  const cells: Readonly<Record<(typeof COLUMNS)[number], string>> = {
    time: text(timeOf(step.at)),
    phase: PHASES[phase],
    who: text(from === to ? from : `${from} → ${to}`),
    what:
      (kind === 'done' ? '' : `<strong>${KINDS[kind]}</strong> `) + text(what) + detailsOf(step),
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

/** The style of the page alone; the picture brings its own. */
const htmlStyle = `
  :root {
    color-scheme: light dark;
    --bg: #ffffff; --text: #1f2328; --muted: #57606a; --line: #d0d7de; --head: #f6f8fa;
    --link: #0757ba; --bad: #b3202c; --warn-bg: #fff8e1; --warn-line: #d4a72c;
  }
  @media (prefers-color-scheme: dark) {
    :root {
      --bg: #0d1117; --text: #e6edf3; --muted: #9ea7b3; --line: #30363d; --head: #161b22;
      --link: #79b8ff; --bad: #ff9a92; --warn-bg: #2b2411; --warn-line: #9e7a1c;
    }
  }
  * { box-sizing: border-box; }
  body {
    margin: 0; background: var(--bg); color: var(--text);
    font: 15px/1.5 system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif;
  }
  main { max-width: 1800px; margin: 0 auto; padding: 24px; }
  h1 { font-size: 1.5rem; overflow-wrap: anywhere; }
  h2 { font-size: 1.1rem; margin: 2rem 0 0.5rem; }
  a { color: var(--link); }
  .summary { display: flex; flex-wrap: wrap; gap: 8px 32px; margin: 0 0 16px; }
  .summary dt, figcaption { color: var(--muted); font-size: 0.85rem; }
  .summary dd { margin: 0; font-weight: 600; overflow-wrap: anywhere; }
  .warning {
    background: var(--warn-bg); border-left: 4px solid var(--warn-line); padding: 8px 16px;
    margin: 12px 0;
  }
  .warning h2 { margin: 0; font-size: 1rem; }
  .warning ul { margin: 4px 0; padding-left: 20px; }
  figure { margin: 0; }
  .scroll { overflow-x: auto; border: 1px solid var(--line); border-radius: 6px; }
  .scroll svg { display: block; margin: 0 auto; max-width: max(100%, 1150px); height: auto; }
  figcaption { margin-top: 8px; }
  table { border-collapse: collapse; width: 100%; font-size: 0.9rem; }
  .cost { width: auto; }
  th, td {
    text-align: left; vertical-align: top; padding: 6px 10px;
    border-bottom: 1px solid var(--line); overflow-wrap: anywhere;
  }
  thead th { background: var(--head); position: sticky; top: 0; white-space: nowrap; }
  tbody th { font-weight: 400; color: var(--muted); }
  .steps tbody th, td[data-name='phase'] { white-space: nowrap; }
  tr:target { outline: 2px solid var(--link); }
  td[data-name='time'], .number { font-variant-numeric: tabular-nums; white-space: nowrap; }
  .number { text-align: right; }
  td strong { color: var(--bad); }
  .waited td strong { color: var(--muted); }
  td dl {
    display: grid; grid-template-columns: max-content 1fr; gap: 0 10px; margin: 2px 0 0;
    font-size: 0.8rem; color: var(--muted);
  }
  td dd { margin: 0; }
  @media screen and (max-width: 760px) {
    main { padding: 12px; }
    .scroll { max-height: 85vh; overflow-y: auto; }
    .steps, .steps tbody, .steps tr, .steps td { display: block; }
    .steps thead {
      position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%);
    }
    .steps tr {
      border: 1px solid var(--line); border-radius: 6px; margin: 0 0 10px; padding: 6px 0;
    }
    .steps tbody th { display: block; border: 0; font-weight: 600; }
    .steps td { border: 0; padding: 2px 10px; }
    .steps td:empty { display: none; }
    .steps td[data-name]:not([data-name='what'])::before {
      content: attr(data-name) ': '; color: var(--muted);
    }
  }
  @media print {
    @page { size: landscape; margin: 12mm; }
    :root { font-size: 12px; }
    body { font-size: 11px; }
    main { padding: 0; max-width: none; }
    .scroll { overflow: visible; border: 0; }
    .scroll svg { max-width: 100%; height: auto; }
    thead th { position: static; }
    tr { break-inside: avoid; }
    h1 { margin: 0 0 8px; }
    a { color: inherit; text-decoration: none; }
  }
`;
