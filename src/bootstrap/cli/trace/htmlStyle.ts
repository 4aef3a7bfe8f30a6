/** Of the page alone; the picture brings its own. */
export const htmlStyle = `
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
  .warning { background: var(--warn-bg); border-left: 4px solid var(--warn-line); padding: 8px 16px; margin: 12px 0; }
  .warning h2 { margin: 0; font-size: 1rem; }
  .warning ul { margin: 4px 0; padding-left: 20px; }
  figure { margin: 0; }
  .scroll { overflow-x: auto; border: 1px solid var(--line); border-radius: 6px; }
  .scroll svg { display: block; margin: 0 auto; max-width: max(100%, 1150px); height: auto; }
  figcaption { margin-top: 8px; }
  table { border-collapse: collapse; width: 100%; font-size: 0.9rem; }
  .cost { width: auto; }
  th, td { text-align: left; vertical-align: top; padding: 6px 10px; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
  thead th { background: var(--head); position: sticky; top: 0; white-space: nowrap; }
  tbody th { font-weight: 400; color: var(--muted); }
  .steps tbody th, td[data-name='phase'] { white-space: nowrap; }
  tr:target { outline: 2px solid var(--link); }
  td[data-name='time'], .number { font-variant-numeric: tabular-nums; white-space: nowrap; }
  .number { text-align: right; }
  td strong { color: var(--bad); }
  .waited td strong { color: var(--muted); }
  td dl { display: grid; grid-template-columns: max-content 1fr; gap: 0 10px; margin: 2px 0 0; font-size: 0.8rem; color: var(--muted); }
  td dd { margin: 0; }
  @media screen and (max-width: 760px) {
    main { padding: 12px; }
    .scroll { max-height: 85vh; overflow-y: auto; }
    .steps, .steps tbody, .steps tr, .steps td { display: block; }
    .steps thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
    .steps tr { border: 1px solid var(--line); border-radius: 6px; margin: 0 0 10px; padding: 6px 0; }
    .steps tbody th { display: block; border: 0; font-weight: 600; }
    .steps td { border: 0; padding: 2px 10px; }
    .steps td:empty { display: none; }
    .steps td[data-name]:not([data-name='what'])::before { content: attr(data-name) ': '; color: var(--muted); }
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
